import { createHash } from 'node:crypto';
import { ANSWER_LENGTH_MAX, ARGUMENT_BYTES_MAX, noteOf } from '../call.ts';
import type { CallEnd } from '../call.ts';
import type { AgentRecord } from '../service.ts';
import { visibleText } from '../visible-text.ts';
import { aboutOf } from './about.ts';

/** What a call came to. */
export type Worked<T> =
  | { readonly outcome: 'answered'; readonly result: T; readonly cost: number }
  | { readonly outcome: 'failed'; readonly result: T; readonly cost: number }
  /** Nothing was done. */
  | { readonly outcome: 'refused'; readonly refusal: string; readonly cost: number };

/** Whoever calls, and what a call is written with. */
export interface Caller {
  readonly actor: string;
  readonly record: Pick<AgentRecord, 'begin' | 'end'>;
  /** Milliseconds that only grow. */
  readonly clockMs: () => number;
  /** Where a record that cannot be written is told to the operator. */
  readonly report: (what: string, error: unknown) => void;
}

export interface Call {
  readonly tool: string;
  readonly given: unknown;
  /** A field of arguments and answer whose texts the record does not keep: {@link Tool.erasable} in `tool.ts`. No door may forget to say. */
  readonly erasable: string | undefined;
  /** What the client says of the call beside its arguments. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  /** Aborted when the key has ended or the client has gone. */
  readonly signal: AbortSignal;
}

/** Fields of `_meta` that a client may give. */
export const CAUSE_META_KEY = 'tidemark/cause';
export const TURN_META_KEY = 'tidemark/turn';

const TOOL_LENGTH_MAX = 100;
/** A key of ours is never written down, wherever in a call an agent sends it and whatever repeats it. */
const withoutKeys = (text: string): string => text.replace(/tmk_[A-Za-z0-9_-]{8,}/g, 'tmk_…');
const noteWithoutKeys = (note: unknown): string | undefined => noteOf(typeof note === 'string' ? withoutKeys(note) : note);

export const hashOf = (json: string): string => createHash('sha256').update(json).digest('hex');

const hashInstead = (value: unknown): string =>
  `not kept here: SHA-256 ${hashOf(typeof value === 'string' ? value : JSON.stringify(value))}`;

/** A value of JSON whose fields of one name hold a hash of what stood there. */
function without(field: string | undefined, value: unknown): unknown {
  if (field === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => without(field, each));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, name === field ? hashInstead(each) : without(field, each)]));
}

/** JSON of the arguments without keys, as it is written; `undefined` where it is longer than can be written down whole. */
function writtenArguments(given: unknown, erasable: string | undefined): string | undefined {
  const asked = JSON.stringify(given ?? {});
  if (Buffer.byteLength(asked) > ARGUMENT_BYTES_MAX) return undefined;
  return withoutKeys(JSON.stringify(without(erasable, given ?? {})));
}

const TOO_LONG = `The arguments have more than ${ARGUMENT_BYTES_MAX} bytes of JSON: nothing was done. Send less at once.`;
const UNWRITTEN = 'Denied: the record cannot be written. Nothing was done. Tell whoever runs the server.';
const UNWRITTEN_END =
  'The record cannot be written, so that the answer does not leave. It may have been done: look at the journal before you ask again.';
export const ENDED = 'The key has ended or is paused, or the client has gone: nothing was done.';

/** What an answer says: the data of a tool's, else its text. A page is a piece of JSON, in which no field can be told from the next. */
function saidIn(result: unknown, erasable: string | undefined): string {
  if (typeof result === 'string') return erasable === undefined ? result : hashInstead(result);
  if (typeof result !== 'object' || result === null) return JSON.stringify(result);
  if ('structuredContent' in result) return JSON.stringify(without(erasable, result.structuredContent));
  const [first] = 'content' in result && Array.isArray(result.content) ? (result.content as unknown[]) : [];
  return typeof first === 'object' && first !== null && 'text' in first ? String(first.text) : JSON.stringify(result);
}

/** The data of an answer: a tool's, or of an operation of the API. */
const dataOf = (result: unknown): unknown =>
  typeof result === 'object' && result !== null && 'structuredContent' in result ? result.structuredContent : result;

const endOf = <T>(worked: Worked<T>, durationMs: number, erasable: string | undefined): CallEnd => ({
  outcome: worked.outcome,
  durationMs: Math.max(0, Math.round(durationMs)),
  cost: worked.cost,
  resultHash: worked.outcome === 'refused' ? undefined : hashOf(JSON.stringify(worked.result)),
  answer: worked.outcome === 'refused' ? undefined : withoutKeys(saidIn(worked.result, erasable)).slice(0, ANSWER_LENGTH_MAX),
  refusal: worked.outcome === 'refused' ? withoutKeys(visibleText(worked.refusal)).slice(0, 2_000) : undefined,
  about: worked.outcome === 'answered' ? aboutOf(dataOf(worked.result)) : undefined,
});

async function outcomeOf<T>(written: string | undefined, signal: AbortSignal, work: () => Promise<Worked<T>>): Promise<Worked<T>> {
  if (written === undefined) return { outcome: 'refused', refusal: TOO_LONG, cost: 0 };
  if (signal.aborted) return { outcome: 'refused', refusal: ENDED, cost: 0 };
  return await work();
}

/**
 * Does what is asked for between two rows of the record: one before anything is done, one before the answer leaves. Where the first cannot be written
 * nothing is done; where the second cannot, no answer leaves.
 */
export async function audited<T>(
  { actor, record, clockMs, report }: Caller,
  { tool, given, erasable, meta, signal }: Call,
  work: (callId: string) => Promise<Worked<T>>,
): Promise<Worked<T>> {
  const startMs = clockMs();
  const written = writtenArguments(given, erasable);
  let id: string;
  try {
    id = await record.begin({
      actor,
      tool: withoutKeys(visibleText(tool)).slice(0, TOOL_LENGTH_MAX),
      arguments: written ?? '{}',
      cause: noteWithoutKeys(meta?.[CAUSE_META_KEY]),
      turn: noteWithoutKeys(meta?.[TURN_META_KEY]),
    });
  } catch (error) {
    report('the record of an agent’s call cannot be written', error);
    return { outcome: 'refused', refusal: UNWRITTEN, cost: 0 };
  }
  const worked = await outcomeOf(written, signal, () => work(id));
  try {
    await record.end(id, endOf(worked, clockMs() - startMs, erasable));
  } catch (error) {
    report('the end of an agent’s call cannot be written', error);
    return { outcome: 'refused', refusal: UNWRITTEN_END, cost: worked.cost };
  }
  return worked;
}
