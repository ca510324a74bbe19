import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedJournal } from '../journal/embedded.ts';
import { encode } from '../journal/codec.ts';
import { UNLIMITED } from '../risk/limits.ts';
import { initialState } from './initial-state.ts';
import { recover } from './session/recover.ts';
import type { DiskSessionLine } from './test/disk-session.ts';
import { ENGINE } from './test/session-world.ts';

const CHILD = new URL('./test/disk-session.ts', import.meta.url).pathname;
const SEGMENT_BYTES = 64 * 1024 * 1024;
/** Nobody: a folder may be read-only to him, and to root none is. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let dir: string;
const running: ChildProcess[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'failing-disk-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await chmod(dir, 0o700);
  await rm(dir, { recursive: true });
});

interface Watched {
  readonly lines: readonly DiskSessionLine[];
  /** Resolves when it has acknowledged so many orders. */
  readonly acknowledged: (orders: number) => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** The last line, when the process is gone. */
  readonly last: Promise<DiskSessionLine>;
}

/** The real session and the real journal in a process of their own, that orders until its disk fails. */
function trade(segmentBytes: number, limits: { readonly fileKilobytes?: number; readonly uid?: number } = {}): Watched {
  const { fileKilobytes, uid } = limits;
  const limit = fileKilobytes === undefined ? '' : `ulimit -f ${fileKilobytes}; `;
  const child = spawn('bash', ['-c', `${limit}exec "$0" "$@"`, process.execPath, CHILD, dir, String(segmentBytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  running.push(child);
  const lines: DiskSessionLine[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(JSON.parse(line) as DiskSessionLine));
  const last = once(child, 'close').then(() => lines.at(-1) ?? {});
  return {
    lines,
    last,
    signal: (signal) => void child.kill(signal),
    acknowledged: async (orders) => {
      while (lines.length < orders) {
        const heard = await Promise.race([once(reader, 'line'), last.then(() => 'gone' as const)]);
        if (heard === 'gone') return;
      }
    },
  };
}

const HALTED = {
  halted: 'the journal does not take entries any more',
  trading: 'HALTED',
  refused: 'SessionHalted: The engine has stopped: the journal does not take entries any more',
};

/** What was acknowledged is there, every order that left is on record, the chain verifies, and the journal goes on. */
async function nothingIsLost({ lines }: Watched, { received = [] }: DiskSessionLine): Promise<void> {
  const journal = await openEmbeddedJournal({ dir, onWarning: () => undefined });
  const acknowledged = Math.max(...lines.map(({ seq = 0 }) => seq));
  expect(journal.head().seq).toBeGreaterThanOrEqual(acknowledged);
  expect(await journal.verify()).toBeUndefined();
  const sent = (await journal.read(0, 1_000_000)).flatMap(({ kind, payload }) =>
    kind === 'SubmitOrder' ? [(payload as { readonly orderId: string }).orderId] : [],
  );
  expect(received.length).toBeGreaterThan(0);
  expect(sent).toEqual(expect.arrayContaining([...received]));
  const { problem, state } = await recover(journal, initialState({ ...ENGINE, accountId: 'disk' }, UNLIMITED), encode);
  expect(problem).toBeUndefined();
  expect(state.tradingState).toBe('ACTIVE');
  const [entry] = await journal.read(0, 1);
  if (entry === undefined) throw new Error('Invariant: the journal has a first entry');
  await journal.append([{ ...entry, cause: undefined }]);
  expect(await journal.verify()).toBeUndefined();
  await journal.close();
}

describe('the disk fails while the engine trades', () => {
  test('no more room, in the middle of a frame: entries stop, trading is halted for a named cause, nothing is lost', async () => {
    const full = trade(SEGMENT_BYTES, { fileKilobytes: 200 });
    const last = await full.last;
    expect(last).toMatchObject({ ...HALTED, cause: expect.stringContaining('EFBIG') as string });
    await nothingIsLost(full, last);
    expect((await readdir(dir)).filter((name) => name.includes('.torn-'))).toHaveLength(1);
  });

  test('the folder becomes read-only: no new file can be begun, and the same', async () => {
    if (isRoot) await chown(dir, NOBODY, NOBODY);
    const locked = trade(32_768, isRoot ? { uid: NOBODY } : {});
    await locked.acknowledged(2);
    await chmod(dir, 0o500);
    const last = await locked.last;
    expect(last).toMatchObject({ ...HALTED, cause: expect.stringContaining('EACCES') as string });
    await chmod(dir, 0o700);
    await nothingIsLost(locked, last);
  });

  test('its lock is lost, and another process writes: the first stops before it writes over anything', async () => {
    const first = trade(SEGMENT_BYTES);
    await first.acknowledged(2);
    first.signal('SIGSTOP');
    await rm(join(dir, 'lock'));
    const intruder = await openEmbeddedJournal({ dir, onWarning: () => undefined });
    const [entry] = await intruder.read(0, 1);
    if (entry === undefined) throw new Error('Invariant: the journal has a first entry');
    await intruder.append([{ ...entry, cause: undefined }]);
    const { seq } = intruder.head();
    first.signal('SIGCONT');
    expect(await first.last).toMatchObject({ ...HALTED, cause: expect.stringContaining('somebody else has written to it') as string });
    expect(await intruder.verify()).toBeUndefined();
    expect((await intruder.append([{ ...entry, cause: undefined }])).at(-1)?.seq).toBe(seq + 1);
    await intruder.close();
  });
});
