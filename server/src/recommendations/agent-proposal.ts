import { createHash } from 'node:crypto';
import type { Recommendation } from './recommendation.ts';

/** Waiting ones of one agent: a person looks at each. */
export const WAITING_PER_AGENT_MAX = 5;

/** Of one agent, whatever becomes of them: each stays with the engine until a later session, and people are told of it. */
export const PROPOSALS_PER_HOUR_MAX = 20;

/** How long a proposal waits for a person, in minutes. */
export const PROPOSAL_MINUTES = { min: 5, usual: 60, max: 1_440 } as const;

export const EXPLANATION_LENGTH_MAX = 2_000;
export const SOURCES_MAX = 10;
export const SOURCE_LENGTH_MAX = 200;

/** Control characters other than line breaks: an editor may hide them, and none says anything. */
const CONTROLS = /(?!\n)\p{Cc}/u;
const BREAKS = /\n/;

/** Texts of an agent with the time that it gives people to decide. */
export interface ProposalTexts {
  readonly explanation: string;
  readonly sources: readonly string[];
  readonly waitMs: number;
}

/** Which field of a proposal cannot stand, and why, in one sentence; `undefined` where all can. Whatever else a text holds is kept as it came. */
export function textsProblem({
  explanation,
  sources,
  waitMs,
}: ProposalTexts): { readonly field: string; readonly message: string } | undefined {
  const { min, max } = PROPOSAL_MINUTES;
  if (explanation.trim() === '' || explanation.length > EXPLANATION_LENGTH_MAX)
    return { field: 'explanation', message: `explanation must be 1 to ${EXPLANATION_LENGTH_MAX} characters, got ${explanation.length}` };
  if (CONTROLS.test(explanation)) return { field: 'explanation', message: 'explanation holds control characters other than line breaks' };
  if (sources.length > SOURCES_MAX) return { field: 'sources', message: `sources must be at most ${SOURCES_MAX}, got ${sources.length}` };
  const wrong = sources.find((source) => source.trim() === '' || source.length > SOURCE_LENGTH_MAX);
  if (wrong !== undefined)
    return { field: 'sources', message: `each of the sources must be 1 to ${SOURCE_LENGTH_MAX} characters, got ${wrong.length}` };
  if (sources.some((source) => CONTROLS.test(source) || BREAKS.test(source)))
    return { field: 'sources', message: 'sources hold control characters: each is one line' };
  if (!Number.isSafeInteger(waitMs) || waitMs < min * 60_000 || waitMs > max * 60_000)
    return { field: 'expiresInMinutes', message: `expiresInMinutes must be ${min} to ${max}` };
  return undefined;
}

/** The same text for the same content, whatever the order in which its fields were set: absent ones are left out. */
function canonical(value: unknown): unknown {
  if (typeof value === 'bigint') return { units: String(value) };
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return fields.toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([name, field]) => [name, canonical(field)]);
}

/** SHA-256 in hex over the content of a value: of plain data with bigints. */
export const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(value)), 'utf8')
    .digest('hex');

/** Over all that a person is shown: one changed field, and it is another hash. What becomes of it later is no part. */
export function contentHash({
  id,
  strategyId,
  proposal,
  intent,
  evidence,
  createdAt,
  expiresAt,
}: Omit<Recommendation, 'state' | 'proposal'> & { readonly proposal?: Omit<NonNullable<Recommendation['proposal']>, 'hash'> }): string {
  const by =
    proposal === undefined ? { strategyId } : { agent: [proposal.by, proposal.owner, proposal.explanation, [...proposal.sources]] };
  return digestOf({ id, ...by, intent, evidence, createdAt, expiresAt });
}
