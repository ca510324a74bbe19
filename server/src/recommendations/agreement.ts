import type { RecommendationState } from './recommendation.ts';

/** So many recommendations of a strategy came to this end, by this person where one decided. */
export interface EndCount {
  readonly strategyId: string;
  readonly person: string | undefined;
  readonly state: RecommendationState;
  readonly count: number;
}

/** How often people and strategies were of one mind. Later results of what was rejected are not reckoned. */
export interface Agreement {
  /** A strategy's id, or a person's. */
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
}

const COUNTED = ['approved', 'reduced', 'rejected', 'denied', 'expired'] as const;

function agreementOf(who: string, counts: readonly EndCount[]): Agreement {
  const of = (state: RecommendationState): number => counts.reduce((sum, each) => (each.state === state ? sum + each.count : sum), 0);
  const [approved = 0, reduced = 0, rejected = 0, denied = 0, expired = 0] = COUNTED.map(of);
  const decided = approved + reduced + rejected + denied;
  return { who, approved, reduced, rejected, denied, expired, rate: decided === 0 ? undefined : (approved + denied) / decided };
}

function by(counts: readonly EndCount[], whoOf: (count: EndCount) => string | undefined): readonly Agreement[] {
  const groups = Map.groupBy(
    counts.filter(({ state }) => COUNTED.some((counted) => counted === state)),
    whoOf,
  );
  return [...groups].flatMap(([who, group]) => (who === undefined ? [] : [agreementOf(who, group)]));
}

/** One row a strategy. What waits, and what a later decision superseded, counts nowhere. */
export const byStrategy = (counts: readonly EndCount[]): readonly Agreement[] => by(counts, ({ strategyId }) => strategyId);

/** One row a person who decided. */
export const byPerson = (counts: readonly EndCount[]): readonly Agreement[] => by(counts, ({ person }) => person);
