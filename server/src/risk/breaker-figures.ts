import type { Ratio } from '../money/fixed.ts';
import { breakerStates } from './breakers.ts';
import type { BreakerFigures } from './breakers.ts';
import { percent } from './limits.ts';
import type { AccountBreakerCode, Limits } from './limits.ts';

/** Where a breaker stands, for people to look at. */
export interface BreakerFigure {
  readonly code: AccountBreakerCode;
  readonly title: string;
  readonly state: 'armed' | 'tripped';
  /** The loss as a fraction, positive; negative is a gain; `undefined` before the first figures. */
  readonly actual: Ratio | undefined;
  /** What happens at which loss, mildest first. */
  readonly thresholds: readonly string[];
}

const TITLES: Record<AccountBreakerCode, string> = { DailyLoss: 'Daily loss', Drawdown: 'Drawdown from the high-water mark' };

const thresholdsOf = (code: AccountBreakerCode, limits: Limits): readonly string[] =>
  code === 'DailyLoss'
    ? [`${percent(limits.dailyLossHalfRatioMax)}: half size`, `${percent(limits.dailyLossOffRatioMax)}: entries off`]
    : [
        `${percent(limits.drawdownHalfRatioMax)}: half size`,
        `${percent(limits.drawdownReduceRatioMax)}: reduce only`,
        `${percent(limits.drawdownKillRatioMax)}: kill switch`,
      ];

/** Daily loss is measured from the previous session's close, drawdown from the high-water mark. */
export const breakerFigures = (figures: BreakerFigures, limits: Limits): readonly BreakerFigure[] =>
  breakerStates(figures, limits).map(({ code, tripped, actual }) => ({
    code,
    title: TITLES[code],
    state: tripped ? 'tripped' : 'armed',
    actual,
    thresholds: thresholdsOf(code, limits),
  }));
