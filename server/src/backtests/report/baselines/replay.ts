import type { MarkedPrices } from './marked-prices.ts';
import type { Stretch } from './stretches.ts';

/** One symbol's part of a plan: which stretch is held when. */
export interface PlannedSymbol {
  readonly prices: MarkedPrices;
  /** Where each stretch begins; none overlap. */
  readonly starts: ArrayLike<number>;
  readonly stretches: readonly Stretch[];
}

export interface ReplayTerms {
  readonly cash: number;
  /** Cost of a traded dollar, as a fraction. */
  readonly costRate: number;
  readonly atClose: boolean;
  readonly periodsPerYear: number;
}

export interface Replayed {
  readonly totalReturn: number;
  /** Annualised; NaN where nothing moves, and after a ruin. */
  readonly sharpe: number;
  readonly volatility: number;
  /** Negative. */
  readonly maxDrawdown: number;
}

interface Planned {
  readonly trade: Float64Array;
  readonly close: Float64Array;
  /** Value of a stretch's first trade over equity, at the mark where it begins; 0 elsewhere. */
  readonly begins: Float64Array;
  /** Units over those of the first trade; 0 where nothing is held. */
  readonly shape: Float64Array;
  units: number;
  /** Units of the first trade. */
  base: number;
  /** A stretch that began while there was no bar: its first trade waits for one. */
  waiting: number;
}

function planOf({ prices, starts, stretches }: PlannedSymbol, atClose: boolean): Planned {
  const count = prices.close.length;
  const [begins, shape] = [new Float64Array(count), new Float64Array(count)];
  for (const [index, stretch] of stretches.entries()) {
    const start = starts[index] ?? count;
    if (start >= count) continue;
    begins[start] = stretch.weight;
    shape.set(stretch.shape.subarray(0, count - start), start);
  }
  return { trade: atClose ? prices.close : prices.open, close: prices.close, begins, shape, units: 0, base: 0, waiting: 0 };
}

/** Units wanted at this mark, where its price is known; the equity of the moment sizes a stretch that begins. */
function wantedUnits(plan: Planned, mark: number, price: number, equity: number): number {
  const shape = plan.shape[mark] ?? 0;
  if (shape === 0) return 0;
  if (plan.waiting !== 0) {
    plan.base = (plan.waiting * Math.max(0, equity)) / price;
    plan.waiting = 0;
  }
  return plan.base * shape;
}

/** Trades of one mark: returns the cash after them. Equity is valued at the prices of the trades, before any of them. */
function tradeMark(plans: readonly Planned[], mark: number, cash: number, costRate: number): number {
  let equity = cash;
  for (const plan of plans) {
    const price = plan.trade[mark] ?? Number.NaN;
    const value = Number.isNaN(price) ? (plan.close[mark - 1] ?? 0) : price;
    if (plan.units !== 0) equity += plan.units * value;
    const begins = plan.begins[mark] ?? 0;
    if (begins !== 0) plan.waiting = begins;
    else if ((plan.shape[mark] ?? 0) === 0) plan.waiting = 0;
  }
  let left = cash;
  for (const plan of plans) {
    const price = plan.trade[mark] ?? Number.NaN;
    if (!(price > 0)) continue;
    const change = wantedUnits(plan, mark, price, equity) - plan.units;
    if (change === 0) continue;
    left -= change * price + Math.abs(change) * price * costRate;
    plan.units += change;
  }
  return left;
}

/**
 * Holds stretches at other times than the run did: each is bought at its weight of the equity of that moment, then grows and shrinks as it
 * did in the run. A decision uses the plan and prices up to its own trade, nothing later. Interest and dividends are left out.
 */
export function replay(symbols: readonly PlannedSymbol[], terms: ReplayTerms, curve?: Float64Array): Replayed {
  const plans = symbols.map((symbol) => planOf(symbol, terms.atClose));
  const count = symbols[0]?.prices.close.length ?? 0;
  let [cash, before, peak, maxDrawdown, sum, squares] = [terms.cash, terms.cash, terms.cash, 0, 0, 0];
  for (let mark = 0; mark < count; mark += 1) {
    cash = tradeMark(plans, mark, cash, terms.costRate);
    let equity = cash;
    for (const { units, close } of plans) if (units !== 0) equity += units * (close[mark] ?? Number.NaN);
    if (!(equity > 0)) return { totalReturn: equity / terms.cash - 1, sharpe: Number.NaN, volatility: Number.NaN, maxDrawdown: -1 };
    const change = equity / before - 1;
    sum += change;
    squares += change * change;
    before = equity;
    peak = Math.max(peak, equity);
    maxDrawdown = Math.min(maxDrawdown, equity / peak - 1);
    if (curve !== undefined) curve[mark] = equity;
  }
  const mean = sum / count;
  const variance = Math.max(0, (squares - sum * mean) / (count - 1));
  const scale = Math.sqrt(terms.periodsPerYear);
  const deviation = Math.sqrt(variance);
  return {
    totalReturn: before / terms.cash - 1,
    sharpe: deviation > 1e-12 ? (mean / deviation) * scale : Number.NaN,
    volatility: deviation * scale,
    maxDrawdown,
  };
}
