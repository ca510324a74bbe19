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

/** Whether a wish has a stop loss or a take profit that start when it fills. */
export const isProtected = ({ stopLoss, takeProfit }: Wish): boolean => stopLoss !== undefined || takeProfit !== undefined;

const PROTECTIONS = [
  ['stopLoss', 'a stop loss'],
  ['takeProfit', 'a take profit'],
] as const;

/** What of a wish trading cannot carry, by name; `undefined` where it can carry all. A target of nothing has nothing to protect. */
export function unsupportedIn(wish: Wish): string | undefined {
  const { kind, group, amount } = wish;
  if (kind === 'trailing') return 'a trailing order';
  if (kind === 'protect') return 'protect';
  if (kind === 'cancel' || (kind === 'target' && amount === 0)) return undefined;
  const what = kind === 'target' ? 'a target' : `a ${kind} order`;
  if (group !== undefined) return `${what} in an OCO group`;
  const protections = PROTECTIONS.flatMap(([name, words]) => (wish[name] === undefined ? [] : [words]));
  return protections.length === 0 ? undefined : `${what} with ${protections.join(' and ')}`;
}

function whatIn(wish: Wish): string {
  const { kind, measure, amount, limit, stop, orderNumber } = wish;
  if (kind === 'cancel') return orderNumber === undefined ? 'cancel all' : `cancel order ${orderNumber}`;
  if (kind === 'protect') return 'protect';
  const prices = [limit === undefined ? '' : ` limit ${limit}`, stop === undefined ? '' : ` stop ${stop}`].join('');
  return `${kind} ${amount} (${measure})${prices}`;
}

/** What was decided, for people. */
export const sentenceOf = (wishes: readonly Wished[]): string =>
  wishes
    .map((wished) => {
      const { symbol, reason } = wished;
      if ('exposure' in wished) return `${symbol} → ${wished.exposure}: ${reason}`;
      const unsupported = unsupportedIn(wished);
      return `${symbol} → ${whatIn(wished)}: ${reason}${unsupported === undefined ? '' : ` (denied: ${unsupported})`}`;
    })
    .join('; ');
