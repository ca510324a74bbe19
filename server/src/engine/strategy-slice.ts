import type { Slice, SliceWish } from '@tidemark/compute/types';
import type { Bar } from '../market-data/bar.ts';
import type { Wish, Wished } from '../strategies/strategy.ts';
import type { Action } from './effects.ts';
import { wishOf, wishProblem } from './wishes.ts';

type Ask = Extract<Action, { kind: 'AskStrategy' }>;

/** The slice that a module is given for an ask: its symbols in their order, stamped with the bars' start as in a backtest. */
export function sliceOf(symbols: readonly string[], { bars, positions, entryPrices, working, cash, equity }: Ask): Slice {
  const bySymbol = symbols.map((symbol) => bars.find((bar) => bar.symbol === symbol));
  return { atMs: startOf(bars), bars: bySymbol, positions, entryPrices, working, cash, equity };
}

/** A slice of the past, before the strategy held anything. */
export const warmingSlice = (symbols: readonly string[], bars: readonly Bar[]): Slice => ({
  atMs: startOf(bars),
  bars: symbols.map((symbol) => bars.find((bar) => bar.symbol === symbol)),
  positions: symbols.map(() => 0),
  cash: 0,
  equity: 0,
});

const startOf = (bars: readonly Bar[]): number => bars[0]?.startAt ?? 0;

export type WishParts = Partial<Omit<Wish, 'symbol' | 'kind' | 'measure' | 'amount' | 'reason'>>;

/** Only what says something: absent fields keep the journal short. */
export function partsOf({
  limit,
  stop,
  trail,
  trailFraction,
  stopLoss,
  takeProfit,
  day,
  reduceOnly,
  group,
  orderId,
}: Omit<SliceWish, 'symbolIndex' | 'kind' | 'measure' | 'amount' | 'reason'>): WishParts {
  return {
    ...(limit === null ? {} : { limit }),
    ...(stop === null ? {} : { stop }),
    ...(trail === null ? {} : { trail }),
    ...(trailFraction === null ? {} : { trailFraction }),
    ...(stopLoss === null ? {} : { stopLoss }),
    ...(takeProfit === null ? {} : { takeProfit }),
    ...(day ? { day } : {}),
    ...(reduceOnly ? { reduceOnly } : {}),
    ...(group === 0 ? {} : { group }),
    ...(orderId === 0 ? {} : { orderNumber: orderId }),
  };
}

function wishedOf(symbol: string, wish: SliceWish): Wished {
  const { kind, measure, amount, reason, stopLoss, takeProfit } = wish;
  const isPlain = kind === 'target' && measure === 'exposure' && stopLoss === null && takeProfit === null;
  if (isPlain) return { symbol, exposure: amount, reason };
  const counts = kind !== 'cancel' && kind !== 'protect';
  return { symbol, kind, measure, amount: counts ? amount : 0, reason, ...partsOf(wish) };
}

/**
 * A module's answer by symbol instead of by index. Throws for what is nonsense, before it gets anywhere: a journal takes no not-a-number and no
 * infinity, and refusing there would halt trading; and `Invariant: …` for an index that no symbol has.
 */
export const wishesOf = (symbols: readonly string[], wishes: readonly SliceWish[]): readonly Wished[] =>
  wishes.map((wish) => {
    const symbol = symbols[wish.symbolIndex];
    if (symbol === undefined) throw new Error(`Invariant: a wish's symbol index ${wish.symbolIndex} is one of ${symbols.length} symbols`);
    const wished = wishedOf(symbol, wish);
    const problem = wishProblem(wishOf(wished));
    if (problem !== undefined) throw new Error(problem);
    return wished;
  });
