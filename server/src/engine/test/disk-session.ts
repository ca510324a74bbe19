import { setTimeout as sleep } from 'node:timers/promises';
import { encode } from '../../journal/codec.ts';
import { openJournal } from '../../journal/open.ts';
import { sampleShare } from '../../instruments/sample-instrument.ts';
import { money, price, quantity } from '../../money/fixed.ts';
import { instant } from '../../money/instant.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { openSession } from '../session.ts';
import { coreBroker } from './core-broker.ts';

// Run by the test of failing disks as a process of its own: orders until its disk fails, and says after each how far the journal has come.

/** What it says, a line each. */
export interface DiskSessionLine {
  /** The newest entry that was acknowledged. */
  readonly seq?: number;
  /** Why the engine has stopped, what trading is then, and what a further command is told. */
  readonly halted?: string;
  readonly cause?: string;
  readonly trading?: string;
  readonly refused?: string;
  /** Ids of all orders that have reached the broker. */
  readonly received?: readonly string[];
}

const say = (line: DiskSessionLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const [dir, segmentBytesMax] = process.argv.slice(2);
if (dir === undefined || segmentBytesMax === undefined) throw new Error('Usage: disk-session.ts DIRECTORY SEGMENT_BYTES');
const openedAt = instant('2024-03-04T14:30:00Z');
const instrument = sampleShare('ALDR');
const broker = coreBroker([instrument], {}, openedAt);
broker.openSession(openedAt);
broker.price('ALDR', price('100'), openedAt);
const journal = await openJournal({ kind: 'embedded', dir, segmentBytesMax: Number(segmentBytesMax) });
let told: string | undefined;
const session = await openSession({
  engine: { mode: 'simulated', accountId: 'disk', feeRateEstimate: money('0'), collarMarketOrders: false, initialTradingState: 'ACTIVE' },
  limits: UNLIMITED,
  journal,
  broker,
  openRunner: () => Promise.reject(new Error('no strategies here')),
  history: async () => await Promise.resolve([]),
  canonical: encode,
  report: (_what, error) => {
    told ??= String(error);
  },
});
await session.start();
while (!session.state().reconciled) await sleep(10);
await session.command({ kind: 'InstrumentListed', at: openedAt, instrument });

const first = journal.head().seq;
async function order(number: number): Promise<void> {
  const at = session.state().now;
  const intent = {
    id: `disk-${first}-${number}`,
    symbol: 'ALDR',
    side: 'buy',
    quantity: quantity('1'),
    type: 'market',
    timeInForce: 'day',
    reduceOnly: false,
    origin: { kind: 'ticket', principal: 'test' },
    reason: 'a disk that fails',
    createdAt: at,
  } as const;
  await session.command({ kind: 'OrderRequested', at, by: 'user:test', intent });
}

for (let number = 1; session.halted() === undefined; number += 1) {
  try {
    await order(number);
    say({ seq: journal.head().seq });
    // Whoever watches may be slow: the record stays short.
    await sleep(20);
  } catch (error) {
    told ??= String(error);
  }
}
const refused = await order(0).then(
  () => 'taken',
  (error: unknown) => String(error),
);
say({ halted: session.halted() ?? '', cause: told ?? '', trading: session.state().tradingState, refused, received: broker.received });
await session.close();
// In a folder that is read-only now its own traces cannot be taken away.
await journal.close().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
process.exit();
