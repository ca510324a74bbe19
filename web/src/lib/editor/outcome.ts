import type { BacktestResult } from '@tidemark/compute/types';
import type { Point } from '#lib/charts/point.ts';

/** The curve with its high-water mark, which begins at the cash. */
export function curveOf({ equity, options }: Pick<BacktestResult, 'equity' | 'options'>): readonly Point[] {
  let high = options.cash;
  return equity.map(({ time, equity: value }) => {
    high = Math.max(high, value);
    return { at: time, equity: value, drawdown: high > 0 ? 1 - value / high : 0, highWaterMark: high };
  });
}

export interface ChartFill {
  readonly id: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly filledAt: string;
}

/** Where each round trip began and ended. */
export function fillsOf({ trades }: Pick<BacktestResult, 'trades'>): readonly ChartFill[] {
  return trades.flatMap((trade, index) => {
    const [into, out] = trade.direction === 'long' ? (['BUY', 'SELL'] as const) : (['SELL', 'BUY'] as const);
    const quantity = String(Math.abs(trade.size));
    const entry = { id: `${index} in`, side: into, quantity, price: String(trade.entryPrice), filledAt: trade.entryTime };
    if (trade.exitTime === null || trade.exitPrice === null) return [entry];
    return [entry, { id: `${index} out`, side: out, quantity, price: String(trade.exitPrice), filledAt: trade.exitTime }];
  });
}
