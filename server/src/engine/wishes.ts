import type { Wish, Wished } from '../strategies/strategy.ts';

/** A wish in full, however short it was written. */
export const wishOf = (wished: Wished): Wish =>
  'exposure' in wished
    ? { symbol: wished.symbol, kind: 'target', measure: 'exposure', amount: wished.exposure, reason: wished.reason }
    : wished;

/** Amounts and prices beyond this are nonsense, and more than fixed point holds. */
const GREATEST = 1e15;

const PRICES = ['limit', 'stop', 'trail', 'trailFraction', 'stopLoss', 'takeProfit'] as const;

/** What is wrong with a wish as such, in one sentence; `undefined` where nothing is. */
export function wishProblem({ kind, measure, amount, symbol, ...rest }: Wish): string | undefined {
  if (kind !== 'cancel' && kind !== 'protect') {
    const most = measure === 'exposure' ? 1 : GREATEST;
    const bounds = measure === 'exposure' ? 'an exposure between -1 and 1' : 'a finite number';
    if (!(Math.abs(amount) <= most)) return `The ${kind} ${amount} of ${symbol} is not ${bounds}.`;
  }
  for (const name of PRICES) {
    const value = rest[name];
    if (value !== undefined && !(value > 0 && value <= GREATEST)) return `The ${name} ${value} of a ${kind} of ${symbol} is not positive.`;
  }
  for (const name of ['group', 'orderNumber'] as const) {
    const value = rest[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      return `The ${name} ${value} of a ${kind} of ${symbol} is no number of one.`;
  }
  return undefined;
}

function whatIn(wish: Wish): string {
  const { kind, measure, amount, limit, stop, trail, trailFraction, stopLoss, takeProfit, orderNumber } = wish;
  if (kind === 'cancel') return orderNumber === undefined ? 'cancel all' : `cancel order ${orderNumber}`;
  const figures = { limit, stop, trail, 'trail fraction': trailFraction, 'stop loss': stopLoss, 'take profit': takeProfit };
  const prices = Object.entries(figures)
    .map(([name, value]) => (value === undefined ? '' : ` ${name} ${value}`))
    .join('');
  if (kind === 'protect') return `protect${prices}`;
  return `${kind} ${amount} (${measure})${prices}`;
}

/** What was decided, for people. */
export const sentenceOf = (wishes: readonly Wished[]): string =>
  wishes
    .map((wished) => {
      const { symbol, reason } = wished;
      if ('exposure' in wished) return `${symbol} → ${wished.exposure}: ${reason}`;
      return `${symbol} → ${whatIn(wished)}: ${reason}`;
    })
    .join('; ');
