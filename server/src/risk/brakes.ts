import type { Instant } from '../money/instant.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { BreakerCode } from './limits.ts';

/** What a brake is put on. */
export type BrakeScope =
  | { readonly kind: 'account' }
  | { readonly kind: 'strategy'; readonly strategyId: string }
  | { readonly kind: 'symbol'; readonly symbol: string };

/** Sizing limits are halved, or nothing is opened. Exits pass either. */
export type BrakeEffect = 'half' | 'entries-off';

/** A breaker that has tripped on a part of the account, or for a time, or a pause that somebody has put there: the trading state is not moved by it. */
export interface Brake {
  readonly code: BreakerCode | 'OrderRate' | 'RepeatedExecution' | 'StrategyKill' | 'Pause';
  readonly scope: BrakeScope;
  readonly effect: BrakeEffect;
  readonly since: Instant;
  /** One sentence with the figures; of a pause the reason that was given. */
  readonly because: string;
  /** Who has put a pause there, as in the journal; absent of breakers. */
  readonly by?: string;
  /** By itself when its cause has gone, or by a person with a reason. */
  readonly reset: 'automatic' | 'person';
}

/** Names a brake: there is one of a code on a thing. */
export const brakeKey = ({ code, scope }: Pick<Brake, 'code' | 'scope'>): string => {
  if (scope.kind === 'account') return `${code} account`;
  return `${code} ${scope.kind} ${scope.kind === 'strategy' ? scope.strategyId : scope.symbol}`;
};

/** Names the pause of a thing: there is one, whoever put it. */
export const pauseOf = (scope: BrakeScope): Pick<Brake, 'code' | 'scope'> => ({ code: 'Pause', scope });

/** What a brake is on, in words. */
export const scopeWords = (scope: BrakeScope): string =>
  scope.kind === 'account' ? 'the account' : scope.kind === 'symbol' ? scope.symbol : `strategy ${scope.strategyId}`;

/** True where a brake holds for an order. */
export function brakesOrder({ scope }: Brake, { symbol, origin }: Pick<OrderIntent, 'symbol' | 'origin'>): boolean {
  if (scope.kind === 'account') return true;
  if (scope.kind === 'symbol') return scope.symbol === symbol;
  return origin.kind === 'strategy' && origin.strategyId === scope.strategyId;
}

/** Why a person cannot let a brake go; `undefined` where they can. */
export function releaseProblem(brake: Brake | undefined, reason: string): string | undefined {
  if (brake === undefined) return 'There is no such brake: it was released before, or never put.';
  if (brake.reset === 'automatic') return 'This brake lifts by itself when its cause has gone.';
  return reason.trim() === '' ? 'A release needs a reason: say what was found and why trading may go on.' : undefined;
}

/** The brake that keeps a paused strategy paused until a person has released it. */
export const brakeOnResuming = (brakes: Iterable<Brake>, strategyId: string): Brake | undefined => {
  for (const brake of brakes) {
    if (
      brake.reset === 'person' &&
      // A pause stops what opens, not the strategy: its exits go on, and so it may be asked.
      brake.code !== 'Pause' &&
      brake.effect === 'entries-off' &&
      brake.scope.kind === 'strategy' &&
      brake.scope.strategyId === strategyId
    )
      return brake;
  }
  return undefined;
};
