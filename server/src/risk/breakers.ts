import { divide, format, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Ratio } from '../money/fixed.ts';
import { percent } from './limits.ts';
import type { AccountBreakerCode, LimitName, Limits } from './limits.ts';
import { TRADING_STATES } from './types.ts';
import type { TradingState } from './types.ts';

/** Marked-to-market figures; a missing one trips nothing, because without equity entries are denied anyway. */
export interface BreakerFigures {
  readonly equity: Money | undefined;
  /** Equity at the session's start, net of transfers. */
  readonly sessionStartEquity: Money | undefined;
  readonly highWaterMark: Money | undefined;
}

/** A breaker that moves the state to the right. Limit and actual are losses as positive fractions, in decimal text. */
export interface BreakerTrip {
  readonly code: AccountBreakerCode;
  readonly to: TradingState;
  /** The kill switch engages as well: cancel every open order. */
  readonly kill: boolean;
  readonly limitName: LimitName;
  readonly limit: string;
  readonly actual: string;
  /** One sentence with both figures. */
  readonly message: string;
}

/** Where a breaker stands, whether or not the state still has to move. */
export interface BreakerState {
  readonly code: AccountBreakerCode;
  readonly tripped: boolean;
  /** The loss as a positive fraction, rounded down at 1e-9; negative is a gain; `undefined` without figures. */
  readonly actual: Ratio | undefined;
}

interface Stage {
  readonly code: AccountBreakerCode;
  readonly limitName: LimitName & `${string}RatioMax`;
  readonly to: TradingState;
  readonly kill: boolean;
  readonly what: string;
}

/** Strictest first, so that the first one reached is the one that counts. */
const STAGES: readonly Stage[] = [
  { code: 'Drawdown', limitName: 'drawdownKillRatioMax', to: 'HALTED', kill: true, what: 'Equity is below its high-water mark by' },
  { code: 'Drawdown', limitName: 'drawdownReduceRatioMax', to: 'REDUCING', kill: false, what: 'Equity is below its high-water mark by' },
  { code: 'DailyLoss', limitName: 'dailyLossOffRatioMax', to: 'REDUCING', kill: false, what: 'Equity has lost since the session start' },
  { code: 'Drawdown', limitName: 'drawdownHalfRatioMax', to: 'HALF', kill: false, what: 'Equity is below its high-water mark by' },
  { code: 'DailyLoss', limitName: 'dailyLossHalfRatioMax', to: 'HALF', kill: false, what: 'Equity has lost since the session start' },
];

/** The base of each loss: equity at the session's start, or the high-water mark. */
const baseOf = (code: AccountBreakerCode, figures: BreakerFigures): Money | undefined =>
  code === 'DailyLoss' ? figures.sessionStartEquity : figures.highWaterMark;

/** (base − equity) / base ≥ limit, multiplied out; a base that is not positive trips nothing. */
function reached(stage: Stage, figures: BreakerFigures, limits: Limits): boolean {
  const base = baseOf(stage.code, figures);
  if (figures.equity === undefined || base === undefined || base <= 0n) return false;
  return (base - figures.equity) * UNITS_PER_ONE >= limits[stage.limitName] * base;
}

function lossRatio(code: AccountBreakerCode, figures: BreakerFigures): Ratio | undefined {
  const base = baseOf(code, figures);
  if (figures.equity === undefined || base === undefined || base <= 0n) return undefined;
  return divide((base - figures.equity) * UNITS_PER_ONE, base, 'floor') as Ratio;
}

/**
 * The move that a breaker demands, if any: only to the right, and the strictest where several trip. Exactly at a threshold
 * trips. Pure: the journal alone trips it again at the same event.
 */
export function tripBreakers(figures: BreakerFigures, limits: Limits, state: TradingState): BreakerTrip | undefined {
  const stage = STAGES.find((each) => reached(each, figures, limits));
  if (stage === undefined || TRADING_STATES.indexOf(stage.to) <= TRADING_STATES.indexOf(state)) return undefined;
  const actual = lossRatio(stage.code, figures);
  if (actual === undefined) throw new Error('Invariant: a breaker that trips has figures');
  const limit = limits[stage.limitName];
  return {
    code: stage.code,
    to: stage.to,
    kill: stage.kill,
    limitName: stage.limitName,
    limit: format(limit),
    actual: format(actual),
    message: `${stage.what} ${percent(actual)}; the limit is ${percent(limit)}.`,
  };
}

/** Every breaker, armed or tripped. */
export const breakerStates = (figures: BreakerFigures, limits: Limits): readonly BreakerState[] =>
  (['DailyLoss', 'Drawdown'] as const).map((code) => ({
    code,
    tripped: STAGES.some((stage) => stage.code === code && reached(stage, figures, limits)),
    actual: lossRatio(code, figures),
  }));
