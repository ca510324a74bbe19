import type { Closes, Decision, Rule } from './reference-strategies.ts';
import { openStrategy } from './strategy.ts';
import type { ParameterValues, SliceBar, StrategyModule } from './types.ts';

/** For tests: a strategy is fed closes slice by slice, and held to a rule. Targets fill one slice later, where the symbol has a bar. */
export interface Comparison {
  readonly actual: readonly Decision[];
  readonly expected: readonly Decision[];
}

/** Sums in another order differ in the last digits. */
const rounded = (decision: Decision): Decision => ({ ...decision, amount: Number(decision.amount.toPrecision(12)) });

const barOf = (close: number | undefined): SliceBar | undefined =>
  close === undefined ? undefined : { open: close, high: close, low: close, close, volume: 1 };

export function compareDecisions(module: StrategyModule, parameters: ParameterValues, rule: Rule, closes: Closes): Comparison {
  const symbols = (closes[0] ?? []).map((_, index) => `S${index}`);
  const strategy = openStrategy(module, { parameters, symbols });
  const positions = symbols.map(() => 0);
  let waiting = new Map<number, number>();
  const actual: Decision[] = [];
  const expected: Decision[] = [];
  for (const [at, row] of closes.entries()) {
    for (const [symbol, amount] of waiting) {
      if (row[symbol] === undefined) continue;
      positions[symbol] = amount;
      waiting.delete(symbol);
    }
    const wishes = strategy.onBars({ atMs: at * 86_400_000, bars: row.map(barOf), positions, cash: 1, equity: 1 });
    actual.push(...wishes.map(({ symbolIndex, amount, reason }) => ({ slice: at, symbolIndex, amount, reason })));
    const wished = rule(closes, at, positions);
    expected.push(...wished);
    waiting = new Map([...waiting, ...wished.map(({ symbolIndex, amount }) => [symbolIndex, amount] as const)]);
  }
  return { actual: actual.map(rounded), expected: expected.map(rounded) };
}
