import type { Kysely } from 'kysely';
import type { Fact } from '../../engine/effects.ts';
import type { StrategyFill } from '../../engine/strategy-results.ts';
import type { Journal, JournalEntry } from '../../journal/journal.ts';
import type { JournalReads } from '../../journal/graphql.ts';
import type { Database } from '../../platform/database.ts';
import type { TradeReads } from '../../positions/graphql.ts';
import type { Trade } from '../../positions/position.ts';
import { listTrades, realizedTotal } from '../../positions/service.ts';

type Of<K extends Fact['kind']> = Extract<Fact, { kind: K }>;
const PAGE = 500;

/** The fill that an entry books for a strategy, if it does. */
function strategyFillOf({ type, kind, payload }: JournalEntry): StrategyFill | undefined {
  if (type !== 'fact' || kind !== 'FillBooked') return undefined;
  const { fill, strategyId } = payload as Of<'FillBooked'>;
  return strategyId === undefined ? undefined : { ...fill, strategyId };
}

const tradeOf = ({ type, kind, payload }: JournalEntry): Trade | undefined =>
  type === 'fact' && kind === 'TradeClosed' ? (payload as Of<'TradeClosed'>).trade : undefined;

async function pastFills(journal: JournalReads, until: number): Promise<StrategyFill[]> {
  const fills: StrategyFill[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await journal.list({ first: PAGE, after, kind: 'FillBooked', about: undefined });
    for (const { node } of page.nodes) {
      const fill = node.seq <= until ? strategyFillOf(node) : undefined;
      if (fill !== undefined) fills.push(fill);
    }
    after = page.nodes.at(-1)?.cursor;
    if (!page.hasNextPage || after === undefined) return fills;
  }
}

/**
 * Trades and strategies' fills in memory: read once, then kept up by the journal, so that a live list of strategies costs no query for
 * each price.
 */
export async function openTrades(
  db: Kysely<Database>,
  journal: Pick<Journal, 'onAppended'>,
  reads: JournalReads,
): Promise<TradeReads & { stop(): void }> {
  const later: JournalEntry[] = [];
  let take = (entry: JournalEntry): void => void later.push(entry);
  const stop = journal.onAppended((entries) => entries.forEach((entry) => take(entry)));
  const until = reads.head().seq;
  await reads.projected(until);
  const [trades, fills] = [[...(await listTrades(db))], await pastFills(reads, until)];
  const known = new Set(trades.map(({ id }) => id));
  take = (entry) => {
    if (entry.seq <= until) return;
    const fill = strategyFillOf(entry);
    if (fill !== undefined) fills.push(fill);
    const trade = tradeOf(entry);
    // The table may have run ahead of `until` while it was read.
    if (trade !== undefined && !known.has(trade.id)) trades.push(trade);
  };
  later.forEach((entry) => take(entry));
  return {
    all: () => Promise.resolve(trades),
    strategyFills: () => Promise.resolve(fills),
    realizedTotal: () => realizedTotal(db),
    stop,
  };
}
