import { GraphQLError } from 'graphql';
import type { EngineState } from '../../engine/state.ts';
import type { Journal } from '../../journal/journal.ts';
import { lastSeqUntil } from '../../journal/seq-at.ts';
import { formatInstant } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { PastUnavailable } from '../../platform/past/past.ts';
import type { Past } from '../../platform/past/past.ts';
import { badInput } from '../connections.ts';
import { tie } from '../moment.ts';
import type { Moment, PastReads } from '../moment.ts';

export interface PastParts {
  /** Works past states out in a thread of its own; without it the past cannot be asked for. */
  readonly past: Pick<Past, 'stateAt'> | undefined;
  readonly journal: Pick<Journal, 'head' | 'read' | 'catchUp'>;
  readonly now: () => Instant;
}

/** Past states that stay at hand: the fields of one page ask for the same. */
const KEPT = 4;
/** Places that are worked out at once; each may take seconds of the one thread. */
const WAITING_MAX = 8;

const unavailable = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'UNAVAILABLE', http: { status: 503 } } });

/** The venue's time of an entry. */
async function timeOf(journal: PastParts['journal'], seq: number): Promise<Instant> {
  const [entry] = await journal.read(seq - 1, 1);
  if (entry === undefined) throw unavailable(`Entry ${seq} of the journal cannot be read now.`);
  return entry.at;
}

const lastUntil = async (at: number, journal: PastParts['journal']): Promise<number> =>
  await lastSeqUntil(at, journal.head().seq, (seq) => timeOf(journal, seq));

async function seqAt(at: Instant, { journal, now }: PastParts): Promise<number> {
  // Before the venue's clock is known the engine's stands at 0.
  const start = (await lastUntil(0, journal)) + 1;
  if (start > journal.head().seq) throw badInput('asOf.at: nothing has happened in this journal yet.');
  const startAt = await timeOf(journal, start);
  if (at < startAt) throw badInput(`asOf.at ${formatInstant(at)} is before the journal’s start, ${formatInstant(startAt)}.`);
  if (at > now()) throw badInput(`asOf.at ${formatInstant(at)} is in the future: the venue’s clock shows ${formatInstant(now())}.`);
  return await lastUntil(at, journal);
}

function checkedSeq(seq: number, { journal }: PastParts): number {
  const head = journal.head().seq;
  if (seq < 1) throw badInput(`asOf.seq is the number of an entry of the journal, from 1; got ${seq}.`);
  if (seq > head) throw badInput(`asOf.seq ${seq} is in the future: the journal’s last entry is ${head}.`);
  return seq;
}

async function workedOut(seq: number, { past }: PastParts): Promise<Moment> {
  if (past === undefined) throw unavailable('This server does not read the past.');
  let found: { readonly state: EngineState; readonly problem: { readonly seq: number; readonly problem: string } | undefined };
  try {
    found = await past.stateAt(seq);
  } catch (error) {
    if (error instanceof PastUnavailable) throw unavailable(`${error.message}. Ask again.`);
    throw error;
  }
  const { state, problem } = found;
  if (problem !== undefined)
    throw unavailable(`The journal does not lead to itself from entry ${problem.seq} on: ${problem.problem}. Run tidemark verify.`);
  return tie({ state, seq, isPast: true });
}

/** Each place is worked out once, however many fields ask for it at the same time. */
export function pastOf(parts: PastParts): PastReads {
  const kept = new Map<number, Promise<Moment>>();
  let waiting = 0;
  const work = async (seq: number): Promise<Moment> => {
    waiting += 1;
    try {
      return await workedOut(seq, parts);
    } catch (error) {
      kept.delete(seq);
      throw error;
    } finally {
      waiting -= 1;
    }
  };
  return {
    at: async (place) => {
      if ('seq' in place && place.seq > parts.journal.head().seq) await parts.journal.catchUp?.();
      const seq = 'seq' in place ? checkedSeq(place.seq, parts) : await seqAt(place.at, parts);
      const known = kept.get(seq);
      if (known !== undefined) return await known;
      if (waiting >= WAITING_MAX) throw unavailable(`Already ${WAITING_MAX} past states are being worked out. Ask again in a moment.`);
      const found = work(seq);
      kept.set(seq, found);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return await found;
    },
  };
}
