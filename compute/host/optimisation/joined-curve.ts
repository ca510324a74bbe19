import type { SpanBacktest } from '../sweep-thread.ts';
import type { SymbolSeries } from '../timeline.ts';
import { StrategyTrap } from '../types.ts';
import { closingCost } from './closing-cost.ts';
import type { BarSpan } from './windows.ts';

/** One window out of sample, as the joined account lives it. */
export interface WindowRun {
  /** Equity at the close of each bar of the window; what is still open at its end has been closed, if another window follows. */
  readonly equity: Float64Array;
  readonly trades: number;
  readonly orders: number;
  /** Cost of closing what was open at the end, in money. */
  readonly closingCost: number;
  /** Bars that the strategy saw before the window. */
  readonly warmUp: number;
}

/**
 * What a backtest says of its window. The strategy has seen its warm-up from before the window and is flat when it begins: until then it can decide
 * nothing, and one that does anyway is refused.
 */
export function windowRun(
  { result, before }: SpanBacktest,
  { series, endMs, isLast }: { readonly series: readonly SymbolSeries[]; readonly endMs: number; readonly isLast: boolean },
): WindowRun {
  const early = result.trades.find(({ entryBar }) => entryBar < before);
  if (early !== undefined) {
    throw new StrategyTrap(
      `The strategy traded at ${early.entryTime}, in its own warm-up of ${before} bars: warmUp() must say after how many bars it can decide`,
    );
  }
  const equity = Float64Array.from(result.equity.slice(before), (point) => point.equity);
  const cost = isLast ? 0 : closingCost(result, series, endMs);
  const last = equity.length - 1;
  if (last >= 0) equity[last] = (equity[last] ?? 0) - cost;
  return { equity, trades: result.metrics.trades, orders: result.metrics.orders, closingCost: cost, warmUp: before };
}

/** The account over all windows: each begins with the equity that the one before has left. */
export class JoinedAccount {
  private readonly curve: number[] = [];
  private readonly start: number;
  private ruinedBar: number | undefined;

  constructor(cash: number) {
    this.start = cash;
  }

  get equity(): readonly number[] {
    return this.curve;
  }

  get cash(): number {
    return this.curve.at(-1) ?? this.start;
  }

  /** The bar, counted from the first window's first, at whose close there was nothing left to trade with. */
  get ruinedAt(): number | undefined {
    return this.ruinedBar;
  }

  get isRuined(): boolean {
    return this.ruinedBar !== undefined;
  }

  add({ equity }: WindowRun): void {
    for (const value of equity) {
      if (value <= 0) this.ruinedBar ??= this.curve.length;
      this.curve.push(value);
    }
  }

  /** A window in which nothing is traded. */
  wait({ first, end }: BarSpan): void {
    const { cash } = this;
    for (let bar = first; bar < end; bar += 1) this.curve.push(cash);
  }

  /** Simple returns from bar to bar, the first against the cash at the start; `undefined` after a ruin. */
  returns(): Float64Array | undefined {
    if (this.isRuined) return undefined;
    return Float64Array.from(this.curve, (value, bar) => value / (this.curve[bar - 1] ?? this.start) - 1);
  }
}
