import type { Money } from '../money/fixed.ts';
import { breakerStates } from './breakers.ts';
import type { AccountBreakerCode, Limits } from './limits.ts';
import { TRADING_STATES } from './types.ts';
import type { TradingState } from './types.ts';

/** Who moves the state: a breaker (or any program), or a person. */
export type Mover = 'breaker' | 'person';
/** Who may make a move. Nobody moves a state to itself. */
type Permission = 'anyone' | 'person' | 'nobody';

/** Every move there is. To the right anyone may move; to the left only people. */
export const TRADING_STATE_MOVES: Record<TradingState, Record<TradingState, Permission>> = {
  ACTIVE: { ACTIVE: 'nobody', HALF: 'anyone', REDUCING: 'anyone', HALTED: 'anyone', FROZEN: 'anyone' },
  HALF: { ACTIVE: 'person', HALF: 'nobody', REDUCING: 'anyone', HALTED: 'anyone', FROZEN: 'anyone' },
  REDUCING: { ACTIVE: 'person', HALF: 'person', REDUCING: 'nobody', HALTED: 'anyone', FROZEN: 'anyone' },
  HALTED: { ACTIVE: 'person', HALF: 'person', REDUCING: 'person', HALTED: 'nobody', FROZEN: 'anyone' },
  FROZEN: { ACTIVE: 'person', HALF: 'person', REDUCING: 'person', HALTED: 'person', FROZEN: 'nobody' },
};

export const mayMove = (from: TradingState, to: TradingState, mover: Mover): boolean => {
  const permission = TRADING_STATE_MOVES[from][to];
  return permission === 'anyone' || (permission === 'person' && mover === 'person');
};

/** True where `state` is further right, so lets less through, than `than`. */
export const isStricter = (state: TradingState, than: TradingState): boolean =>
  TRADING_STATES.indexOf(state) > TRADING_STATES.indexOf(than);

/** The stricter of two states: what holds when both are asked for. */
export const stricter = (left: TradingState, right: TradingState): TradingState => (isStricter(left, right) ? left : right);

/** What a state counts as that cannot be read. */
export const UNREADABLE_STATE: TradingState = 'HALTED';

/** The state that text names; HALTED where it names none. */
export const readTradingState = (text: unknown): TradingState => TRADING_STATES.find((state) => state === text) ?? UNREADABLE_STATE;

/** The high-water mark after an equity figure. It rises with equity and never falls by itself. */
export const raisedHighWaterMark = (highWaterMark: Money, equity: Money): Money => (equity > highWaterMark ? equity : highWaterMark);

/** The high-water mark after a deposit (positive) or a withdrawal (negative): a transfer is neither gain nor drawdown. */
export const transferredHighWaterMark = (highWaterMark: Money, transfer: Money): Money => (highWaterMark + transfer) as Money;

/** Figures a release looks at; missing ones cannot trip a breaker. */
interface ReleaseFigures {
  readonly equity: Money | undefined;
  readonly sessionStartEquity: Money | undefined;
  readonly highWaterMark: Money | undefined;
}

export type Release =
  | {
      readonly ok: true;
      readonly to: 'ACTIVE';
      /** Measure drawdown from here: the person who releases after a drawdown accepts it, else the breaker would trip again at once. */
      readonly highWaterMark: Money | undefined;
      /** Breakers that move the state right again at the next mark: a daily loss stands until the next session. */
      readonly standing: readonly AccountBreakerCode[];
    }
  | { readonly ok: false; readonly message: string };

/**
 * Whether a person may release to ACTIVE, and what that changes. It takes a reason. The high-water mark starts again at the
 * current equity only where the drawdown breaker is tripped; otherwise it stays.
 */
export function release(from: TradingState, reason: string, figures: ReleaseFigures, limits: Limits): Release {
  if (from === 'ACTIVE') return { ok: false, message: 'Trading is ACTIVE already: there is nothing to release.' };
  if (reason.trim() === '') return { ok: false, message: 'A release needs a reason: say what was found and why trading may go on.' };
  const tripped = breakerStates(figures, limits).filter((breaker) => breaker.tripped);
  const drawnDown = tripped.some((breaker) => breaker.code === 'Drawdown');
  const standing = tripped.map((breaker) => breaker.code).filter((code) => code !== 'Drawdown');
  return { ok: true, to: 'ACTIVE', highWaterMark: drawnDown ? figures.equity : figures.highWaterMark, standing };
}
