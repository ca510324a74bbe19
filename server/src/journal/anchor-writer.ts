import type { Journal } from './journal.ts';
import { appendAnchor } from './anchors.ts';

export interface AnchorWriterOptions {
  readonly path: string;
  readonly journal: Pick<Journal, 'head' | 'onAppended'>;
  readonly report: (what: string, error: unknown) => void;
  readonly nowMs?: () => number;
  readonly everyEntries?: number;
  readonly everyMs?: number;
}

const EVERY_ENTRIES = 1_000;
const EVERY_MS = 300_000;
/** Sessions of a simulated exchange may close every second. */
const SESSIONS_APART_MS = 30_000;

/** Writes the journal's head down elsewhere: after so many entries or minutes, at the close of a session, and at the end. Gives the way to stop. */
export function startAnchors(options: AnchorWriterOptions): () => Promise<void> {
  const { path, journal, report, nowMs = Date.now, everyEntries = EVERY_ENTRIES, everyMs = EVERY_MS } = options;
  let anchored = 0;
  let anchoredAtMs = nowMs();
  let working: Promise<void> | undefined;
  let failing = false;
  const write = async (): Promise<void> => {
    const { seq, hash } = journal.head();
    if (seq === 0 || seq === anchored) return;
    [anchored, anchoredAtMs] = [seq, nowMs()];
    try {
      await appendAnchor(path, { seq, hash, writtenAt: new Date(anchoredAtMs).toISOString() });
      failing = false;
    } catch (error) {
      // Said once until it works again: trading goes on, the chain itself is whole.
      if (!failing) report(`the anchor file ${path}`, error);
      failing = true;
    }
  };
  const begin = (): void => {
    working ??= write().finally(() => (working = undefined));
  };
  const stop = journal.onAppended((entries) => {
    const last = entries.at(-1)?.seq ?? 0;
    const closes = entries.some(({ kind, type }) => kind === 'SessionClosed' && type === 'event');
    if (last - anchored >= everyEntries || (closes && nowMs() - anchoredAtMs >= SESSIONS_APART_MS)) begin();
  });
  const timer = setInterval(begin, everyMs);
  timer.unref();
  return async () => {
    stop();
    clearInterval(timer);
    await working;
    await write();
  };
}
