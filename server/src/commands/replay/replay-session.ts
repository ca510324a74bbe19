import { openStrategyWorker } from '@tidemark/compute';
import { ModuleMissing } from '../../engine/redecide/module-life.ts';
import { redecide } from '../../engine/redecide/redecide.ts';
import type { Redecided } from '../../engine/redecide/redecide.ts';
import { firstState, recordedOpening } from '../../engine/opening-record.ts';
import type { OpenRunner } from '../../engine/session/strategy-runners.ts';
import type { StrategyConfig } from '../../strategies/strategy.ts';
import { encode } from '../../journal/codec.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import type { JournalReader } from '../../journal/past/journal-reader.ts';
import { newestUsable } from '../../journal/snapshots/newest-usable.ts';
import { UsageError } from '../usage.ts';
import { ASSUMED } from '../verify/records.ts';
import type { RecordedSession } from './recorded-session.ts';

export interface ReplayRequest {
  /** The first and the last entry that are compared; all of them where absent. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Id or name of the one strategy whose decisions are made again. */
  readonly strategy: string | undefined;
  readonly compareWords: boolean;
  /** Milliseconds that a module has for one answer. */
  readonly deadlineMs: number;
  readonly onProgress: (seq: number) => void;
  readonly onWarning: (message: string) => void;
}

export interface Replayed extends Redecided {
  readonly first: number;
  readonly last: number;
  /** The entry whose snapshot the replay began at; 0 where it began at the first entry. */
  readonly snapshot: number;
}

async function firstEntry(reader: JournalReader): Promise<JournalEntry | undefined> {
  for await (const page of reader.pages(0, 1)) return page[0];
  return undefined;
}

function range({ from, to }: ReplayRequest, head: number): { readonly first: number; readonly last: number } {
  const [first, last] = [from ?? 1, to ?? head];
  if (first > head) throw new UsageError(`--from ${first} is after the journal's last entry, ${head}`);
  if (last > head) throw new UsageError(`--to ${last} is after the journal's last entry, ${head}`);
  if (last < first) throw new UsageError(`--to ${last} is before --from ${first}`);
  return { first, last };
}

/** Which strategies are meant; the record must know the one that was named. */
async function wanted({ reader, head }: RecordedSession, { strategy }: ReplayRequest): Promise<(strategyId: string) => boolean> {
  if (strategy === undefined) return () => true;
  const names = new Map<string, string>();
  for await (const page of reader.pages(0, head.seq))
    for (const { kind, payload } of page) {
      if (kind !== 'StrategyCreated' && kind !== 'StrategyConfigured') continue;
      const { id, name } = (payload as { readonly config: StrategyConfig }).config;
      names.set(id, name);
    }
  const found = [...names].filter(([id, name]) => id === strategy || name === strategy).map(([id]) => id);
  if (found.length > 0) return (strategyId) => found.includes(strategyId);
  const known = [...names.values()].join(', ');
  throw new UsageError(`No strategy of this journal has the id or the name ${strategy}. There are: ${known === '' ? 'none' : known}`);
}

const openerOf =
  ({ module }: Pick<RecordedSession, 'module'>, deadlineMs: number): OpenRunner =>
  async ({ version, name, parameters, symbols }) =>
    await openStrategyWorker(await module(version, name), { parameters, symbols, deadlineMs });

/** Replays the session, or the part of it that is asked for. Throws a {@link UsageError} for what cannot be replayed. */
export async function replaySession(session: RecordedSession, request: ReplayRequest): Promise<Replayed> {
  const { reader, head } = session;
  if (head.seq === 0) throw new UsageError(`${session.journal} holds no entries: nothing was traded yet`);
  const { first, last } = range(request, head.seq);
  const entry = await firstEntry(reader);
  const opening = recordedOpening(entry);
  if (opening === undefined) request.onWarning('This journal does not say with what limits it began: today’s defaults are assumed.');
  const initial = firstState(entry, opening ?? ASSUMED);
  const journal = {
    head: () => head,
    read: async (after: number) => {
      for await (const page of reader.pages(after, after + 1)) return page;
      return [];
    },
  };
  const from =
    first === 1
      ? undefined
      : await newestUsable({ snapshots: reader.snapshots, journal, initial, upTo: first - 1, onIgnored: request.onWarning });
  try {
    const { compareWords, onProgress, deadlineMs } = request;
    const isWanted = await wanted(session, request);
    const done = await redecide({
      initial,
      from,
      pages: reader.pages,
      first,
      last,
      head: head.seq,
      compareWords,
      canonical: encode,
      open: openerOf(session, deadlineMs),
      isWanted,
      onProgress,
    });
    return { ...done, first, last, snapshot: from?.seq ?? 0 };
  } catch (error) {
    if (error instanceof ModuleMissing) throw new UsageError(error.message);
    throw error;
  }
}
