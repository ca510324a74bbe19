import { checkChoice, checkNumber } from '../statistics-input.ts';
import { at } from '../rows-input.ts';
import { checkPrices, simpleReturn, unknownLabels } from './labels.ts';
import type { LabelBars, Labels } from './labels.ts';

/** What is to be predicted of the next `horizon` bars. */
export type HorizonTarget = 'direction' | 'return' | 'log-volatility';

export interface FixedHorizon {
  readonly horizon: number;
  readonly target: HorizonTarget;
}

const HORIZON = { min: 1, max: 100_000, whole: true };

/**
 * Labels of the next h closes. `direction`: 1 where close(t + h) is above close(t), else 0. `return`: close(t + h)/close(t) − 1. `log-volatility`: ln √(mean of
 * ln(close/close before)² of the next h bars), without a value where no price moves. López de Prado, Advances in Financial Machine Learning (2018), chapter 3, calls the
 * first the fixed-time horizon method, with a threshold of 0.
 */
export function fixedHorizon(bars: LabelBars, { horizon, target }: FixedHorizon): Labels {
  const what = 'fixedHorizon';
  checkNumber(what, 'horizon', horizon, HORIZON);
  checkChoice(what, 'target', target, ['direction', 'return', 'log-volatility']);
  checkPrices(what, bars);
  const { close } = bars;
  const labels = unknownLabels(close.length);
  for (let bar = 0; bar + horizon < close.length; bar += 1) {
    const gained = simpleReturn(close, bar, bar + horizon);
    const value = target === 'log-volatility' ? logVolatility(close, bar, horizon) : target === 'return' ? gained : Number(gained > 0);
    if (!Number.isFinite(value)) continue;
    labels.values[bar] = value;
    labels.ends[bar] = bar + horizon;
    labels.returns[bar] = gained;
  }
  return labels;
}

function logVolatility(close: Float64Array, bar: number, horizon: number): number {
  let squares = 0;
  for (let next = bar + 1; next <= bar + horizon; next += 1) squares += Math.log(at(close, next) / at(close, next - 1)) ** 2;
  return Math.log(squares / horizon) / 2;
}
