import { multiplierOf } from '../../instruments/worth.ts';
import { divide, format, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Price, Ratio } from '../../money/fixed.ts';
import type { OrderIntent } from '../../orders/order.ts';
import type { Control, ControlInput } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import type { RiskContext, StrategyRiskView } from '../types.ts';
import { countedPrice, worstPrice } from '../valuation.ts';
import type { ExactMoney } from '../valuation.ts';
import { EQUITY_UNKNOWN, EXPOSURE_UNKNOWN, ratioDenial, unknownDenial } from './denial.ts';

interface Book {
  units: bigint;
  buys: bigint;
  sells: bigint;
}

/** Worst case of what a strategy holds itself and has ordered, over its symbols; `undefined` where a price is missing. */
export function strategyCapital(strategy: StrategyRiskView, intents: readonly OrderIntent[], context: RiskContext): ExactMoney | undefined {
  const books = new Map<string, Book>();
  const bookOf = (symbol: string): Book => {
    const known = books.get(symbol);
    if (known !== undefined) return known;
    const book = { units: 0n, buys: 0n, sells: 0n };
    books.set(symbol, book);
    return book;
  };
  for (const [symbol, units] of strategy.holdings) if (units !== 0n) bookOf(symbol).units = units;
  for (const intent of intents) {
    const worst = worstPrice(intent, countedPrice(context.marks.get(intent.symbol)));
    if (worst === undefined) return undefined;
    const book = bookOf(intent.symbol);
    const value = intent.quantity * multiplierOf(intent.symbol) * worst;
    if (intent.side === 'buy') book.buys += value;
    else book.sells += value;
  }
  let total = 0n;
  for (const [symbol, { units, buys, sells }] of books) {
    const price: Price | undefined = countedPrice(context.marks.get(symbol));
    if (units !== 0n && price === undefined) return undefined;
    const value = units * multiplierOf(symbol) * (price ?? 0n);
    total += value + buys > sells - value ? value + buys : sells - value;
  }
  return total as ExactMoney;
}

/** The strategy's orders that are open, and this one, with what remains of each. */
function ordersOf(strategyId: string, { intent, remaining }: ControlInput, context: RiskContext): readonly OrderIntent[] {
  const open = context.openOrders.filter(
    (each) =>
      each.remaining > 0n &&
      each.id !== intent.id &&
      each.intent.origin.kind === 'strategy' &&
      each.intent.origin.strategyId === strategyId,
  );
  return [...open.map((each) => ({ ...each.intent, quantity: each.remaining })), { ...intent, quantity: remaining }];
}

/** Capital held by the strategy / its allocation. Orders of people are no strategy's. */
export const strategyAllocation: Control = (input, context) => {
  const limit = context.limits.strategyAllocationRatioMax;
  const { intent, equity } = input;
  if (!input.isEntry || isUnlimited(limit) || intent.origin.kind !== 'strategy') return [];
  const unknown = (why: string) => [unknownDenial('StrategyAllocation', 'ratio', format(limit), why)];
  const strategy = context.strategies.get(intent.origin.strategyId);
  if (strategy === undefined || strategy.allocation <= 0n) return unknown('the strategy has no allocation');
  if (equity === undefined) return unknown(EQUITY_UNKNOWN);
  const capital = input.reference === undefined ? undefined : strategyCapital(strategy, ordersOf(strategy.id, input, context), context);
  if (capital === undefined) return unknown(EXPOSURE_UNKNOWN);
  const allotted = equity * strategy.allocation;
  if (capital * UNITS_PER_ONE <= limit * allotted) return [];
  const actual = divide(capital * UNITS_PER_ONE, allotted, 'ceil') as Ratio;
  return [ratioDenial('StrategyAllocation', 'The share of its allocation that the strategy would hold', limit, actual)];
};
