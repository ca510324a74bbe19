import type { Money } from '../money/fixed.ts';
import type { Missed } from './hindsight.ts';
import type { RecommendationState } from './recommendation.ts';

/** So many recommendations of a strategy, or of an agent as `agent:<id>`, came to this end, by this person where one decided. */
export interface EndCount {
  readonly strategyId: string;
  readonly person: string | undefined;
  readonly state: RecommendationState;
  readonly count: number;
}

/** How often people were of one mind with strategies and agents. */
export interface Agreement {
  /** A strategy's id, an agent as `agent:<id>`, or a person's id. */
  readonly who: string;
  readonly approved: number;
  readonly reduced: number;
  readonly rejected: number;
  /** A person said yes, and the gate no: they agreed with the strategy. */
  readonly denied: number;
  /** Nobody decided in time. */
  readonly expired: number;
  /** Approved whole, let through or not, of all that a person decided about: 0 to 1; `undefined` where nobody decided. */
  readonly rate: number | undefined;
  /** What those that were not let go would have made by now, and how many have a price to say it by. */
  readonly missed: Money | undefined;
  readonly missedCount: number;
}

const COUNTED = ['approved', 'reduced', 'rejected', 'denied', 'expired'] as const;

function agreementOf(who: string, counts: readonly EndCount[], missed: Missed | undefined): Agreement {
  const of = (state: RecommendationState): number => counts.reduce((sum, each) => (each.state === state ? sum + each.count : sum), 0);
  const [approved = 0, reduced = 0, rejected = 0, denied = 0, expired = 0] = COUNTED.map(of);
  const decided = approved + reduced + rejected + denied;
  const rate = decided === 0 ? undefined : (approved + denied) / decided;
  return { who, approved, reduced, rejected, denied, expired, rate, missed: missed?.result, missedCount: missed?.count ?? 0 };
}

type MissedOf = ReadonlyMap<string, Missed>;
const NOTHING_MISSED: MissedOf = new Map();

function by(
  counts: readonly EndCount[],
  whoOf: (count: EndCount) => string | undefined,
  missed: MissedOf = NOTHING_MISSED,
): readonly Agreement[] {
  const groups = Map.groupBy(
    counts.filter(({ state }) => COUNTED.some((counted) => counted === state)),
    whoOf,
  );
  return [...groups].flatMap(([who, group]) => (who === undefined ? [] : [agreementOf(who, group, missed.get(who))]));
}

const isAgents = (proposer: string): boolean => proposer.startsWith('agent:');

/** One row a strategy. What waits, and what a later decision superseded, counts nowhere. */
export const byStrategy = (counts: readonly EndCount[], missed?: MissedOf): readonly Agreement[] =>
  by(counts, ({ strategyId }) => (isAgents(strategyId) ? undefined : strategyId), missed);

/** One row an agent. What it took back, and what the gate refused when it was proposed, counts nowhere either. */
export const byAgent = (counts: readonly EndCount[], missed?: MissedOf): readonly Agreement[] =>
  by(counts, ({ strategyId }) => (isAgents(strategyId) ? strategyId : undefined), missed);

/** One row a person who decided. */
export const byPerson = (counts: readonly EndCount[]): readonly Agreement[] => by(counts, ({ person }) => person);
