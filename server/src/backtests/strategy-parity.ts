import type { BacktestDecision, BacktestOptions, BacktestResult } from '@tidemark/compute/types';
import { partsOf } from '../engine/strategy-slice.ts';
import { wishOf } from '../engine/wishes.ts';
import { formatInstant, instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { PLAIN_WISH } from '../strategies/plain-wish.ts';
import type { StrategyConfig, Wish, Wished } from '../strategies/strategy.ts';
import { averageSlippage, executionsOf } from './execution-parity.ts';
import type { ExecutionParity } from './execution-parity.ts';
import { startOf } from './traded-span.ts';
import type { AskedBar, TradedSpan } from './traded-span.ts';

/** One bar's decision on both sides. */
export interface DecisionParity {
  readonly barAt: Instant;
  readonly equal: boolean;
  readonly live: readonly Wished[];
  readonly backtest: readonly Wished[];
  /** Whether both held the same before they decided: where not, a strategy that looks at its position may well decide otherwise. */
  readonly sameHolding: boolean;
}

export interface StrategyParity {
  readonly config: StrategyConfig;
  /** First and last bar that were compared; `undefined` where there is none. */
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  /** Bars that were compared, those among them whose decisions are equal, and all that the backtest went through. */
  readonly bars: number;
  readonly equal: number;
  readonly barsTested: number;
  /** Bars at which either side wished for something, or at which they differ; oldest first. */
  readonly decisions: readonly DecisionParity[];
  readonly executions: readonly ExecutionParity[];
  /** By value, over what both sides traded. */
  readonly slippageBps: number | undefined;
  readonly options: BacktestOptions;
}

/** What a backtest does not tell of a wish is left out on both sides; a target without prices is said short. */
function comparable({ day: _day, reduceOnly: _reduce, group: _group, ...wish }: Wish): Wished {
  const { symbol, kind, measure, amount, reason, ...prices } = wish;
  const isPlain = kind === 'target' && measure === 'exposure' && Object.keys(prices).length === 0;
  return isPlain ? { symbol, exposure: amount, reason } : wish;
}

/** A backtest's decision in the words of trading. */
function wishIn(decision: BacktestDecision): Wish {
  const { symbol, kind, measure, amount, reason } = decision;
  return {
    symbol,
    kind,
    measure,
    amount: kind === 'cancel' || kind === 'protect' ? 0 : amount,
    reason,
    ...partsOf({ ...PLAIN_WISH, ...decision }),
  };
}

/** Signed units that the backtest held of a symbol after a bar's fills. */
function holdingIn({ trades }: BacktestResult): (symbol: string, barAt: Instant) => number {
  const spans = trades.map(({ symbol, direction, size, entryTime, exitTime }) => ({
    symbol,
    units: direction === 'long' ? size : -size,
    from: instant(entryTime),
    to: exitTime === null ? Number.POSITIVE_INFINITY : instant(exitTime),
  }));
  return (symbol, barAt) => {
    let held = 0;
    for (const span of spans) if (span.symbol === symbol && span.from <= barAt && span.to > barAt) held += span.units;
    return held;
  };
}

function decisionsOf(
  { config }: TradedSpan,
  asked: readonly AskedBar[],
  result: BacktestResult,
  canonical: (value: unknown) => string,
): readonly DecisionParity[] {
  const byTime = Map.groupBy(result.decisions, ({ time }) => time);
  const held = holdingIn(result);
  return asked.flatMap((bar): DecisionParity[] => {
    const barAt = startOf(bar);
    if (barAt === undefined || bar.decided === undefined) return [];
    const live = bar.decided.map((wished) => comparable(wishOf(wished)));
    const backtest = (byTime.get(formatInstant(barAt)) ?? []).map((decision) => comparable(wishIn(decision)));
    const sameHolding = config.symbols.every((symbol, index) => held(symbol, barAt) === (bar.holding[index] ?? 0));
    return [{ barAt, equal: canonical(live) === canonical(backtest), live, backtest, sameHolding }];
  });
}

/**
 * A strategy's trading beside a backtest over the same bars: what was decided apart from what became of it. Decisions must be equal wherever both held
 * the same; prices and quantities of executions need not be.
 */
export function compareWithBacktest(
  span: TradedSpan,
  result: BacktestResult,
  canonical: (value: unknown) => string,
  { from, to }: { readonly from?: Instant | undefined; readonly to?: Instant | undefined } = {},
): StrategyParity {
  const asked = span.asked.filter((bar) => {
    const barAt = startOf(bar);
    return barAt !== undefined && (from === undefined || barAt >= from) && (to === undefined || barAt <= to);
  });
  const decisions = decisionsOf(span, asked, result, canonical);
  const [first, last] = [decisions[0]?.barAt, decisions.at(-1)?.barAt];
  const executions = first === undefined || last === undefined ? [] : executionsOf(span, result, first, last);
  return {
    config: span.config,
    from: first,
    to: last,
    bars: decisions.length,
    equal: decisions.filter(({ equal }) => equal).length,
    barsTested: result.data.bars,
    decisions: decisions.filter(({ equal, live, backtest }) => !equal || live.length + backtest.length > 0),
    executions,
    slippageBps: averageSlippage(executions),
    options: result.options,
  };
}
