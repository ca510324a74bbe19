import type { Slice, SliceTarget } from '@tidemark/compute/types';
import type { Bar } from '../market-data/bar.ts';
import type { Target } from '../strategies/strategy.ts';
import type { Action } from './effects.ts';

type Ask = Extract<Action, { kind: 'AskStrategy' }>;

/** The slice that a module is given for an ask: its symbols in their order, stamped with the bars' start as in a backtest. */
export function sliceOf(symbols: readonly string[], { bars, positions, cash, equity }: Ask): Slice {
  return { atMs: startOf(bars), bars: symbols.map((symbol) => bars.find((bar) => bar.symbol === symbol)), positions, cash, equity };
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

/** A module's answer by symbol instead of by index. Throws `Invariant: …` for an index that no symbol has. */
export const targetsOf = (symbols: readonly string[], targets: readonly SliceTarget[]): readonly Target[] =>
  targets.map(({ symbolIndex, exposure, reason }) => {
    const symbol = symbols[symbolIndex];
    if (symbol === undefined) throw new Error(`Invariant: a target's symbol index ${symbolIndex} is one of ${symbols.length} symbols`);
    return { symbol, exposure, reason };
  });
