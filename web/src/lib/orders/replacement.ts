import type { Mode, OrderLifeQuery, OrderType, ReplaceOrderInput, TimeInForce } from '@tidemark/schema/documents';
import { fromPercent, toPercent } from '#lib/controls/percent.ts';
import { billionths, isWhole } from '#lib/decimal.ts';
import { price, quantity, words } from '#lib/format.ts';
import { isWorking } from './working.ts';

type Life = NonNullable<OrderLifeQuery['order']>;
type Term = 'quantity' | 'limitPrice' | 'stopPrice' | 'trail' | 'trailRatio' | 'timeInForce';
/** What of an order says whether and how it may be replaced. */
export type Replaceable = Pick<Life, Term | 'state' | 'type' | 'symbol' | 'filledQuantity' | 'orderClass' | 'parentId'>;
/** The terms as they stand in the form; a fraction of the price stands there as percent. */
export type Draft = Record<Term, string>;
export type Changes = Pick<ReplaceOrderInput, Term>;

export interface ReplaceField {
  readonly name: Term;
  readonly label: string;
  /** Why it stays as it is. */
  readonly locked?: string;
}

const isOption = (symbol: string): boolean => /^[A-Z0-9.]{1,6}\d{6}[CP]\d{8}$/.test(symbol);
const isFraction = (order: Pick<Replaceable, 'quantity'>): boolean => !isWhole(billionths(order.quantity) ?? 0n);
const isFamily = ({ orderClass, parentId }: Replaceable): boolean => orderClass !== 'SIMPLE' || parentId !== null;

/** Why an order cannot be replaced now, in words; `undefined` where it can be asked for. */
export function whyNotReplaceable(
  { state, symbol, parentId }: Pick<Replaceable, 'state' | 'symbol' | 'parentId'>,
  mode: Mode | undefined,
): string | undefined {
  if (!isWorking(state)) return `It is ${words(state).toLowerCase()}: only a working order can be replaced.`;
  if (state === 'PENDING_CANCEL') return 'It is being cancelled.';
  if (state === 'PENDING_REPLACE') return 'Another order is about to take its place.';
  if (state === 'ACCEPTED' && parentId !== null)
    return 'The broker keeps this exit back until its price is touched: cancel the pair, and set another.';
  if (state !== 'WORKING' && state !== 'PARTIALLY_FILLED')
    return `It is ${words(state).toLowerCase()}, and not at the market yet: it can be replaced once it works.`;
  if (mode === 'SIMULATED' && isOption(symbol)) return 'The simulated exchange replaces no order in options: cancel it and place another.';
  return undefined;
}

const ALWAYS: readonly TimeInForce[] = ['DAY', 'GTC', 'IOC', 'FOK', 'OPG', 'CLS'];
const LIVES: Record<OrderType, readonly TimeInForce[]> = {
  MARKET: ALWAYS,
  LIMIT: ALWAYS,
  STOP: ['DAY', 'GTC'],
  STOP_LIMIT: ['DAY', 'GTC'],
  TRAILING_STOP: ['DAY', 'GTC'],
};

/** How long an order of this type may stay. */
export const livesOf = ({ type }: Pick<Replaceable, 'type'>): readonly TimeInForce[] => LIVES[type];

function lockOf(order: Replaceable, name: 'quantity' | 'timeInForce'): { readonly locked?: string } {
  if (isFamily(order)) return { locked: 'The broker keeps it for orders that hang together.' };
  if (isFraction(order)) return { locked: name === 'quantity' ? 'A fraction keeps its quantity.' : 'A fraction is for the day.' };
  if (isOption(order.symbol) && name === 'timeInForce') return { locked: 'An option order is for the day.' };
  return {};
}

/** The terms of an order, with those that must stay. */
export function fieldsOf(order: Replaceable): readonly ReplaceField[] {
  const has = (name: 'limitPrice' | 'stopPrice' | 'trail' | 'trailRatio', label: string): readonly ReplaceField[] =>
    order[name] === null || (name === 'stopPrice' && order.type === 'TRAILING_STOP') ? [] : [{ name, label }];
  return [
    { name: 'quantity', label: 'Quantity (units)', ...lockOf(order, 'quantity') },
    { name: 'timeInForce', label: 'Time in force', ...lockOf(order, 'timeInForce') },
    ...has('limitPrice', 'Limit price ($)'),
    ...has('stopPrice', 'Stop price ($)'),
    ...has('trail', 'Trail ($ behind the best price)'),
    ...has('trailRatio', 'Trail (% behind the best price)'),
  ];
}

/** The form as it opens: the order's own terms. */
export const draftOf = (order: Replaceable): Draft => ({
  quantity: order.quantity,
  limitPrice: order.limitPrice ?? '',
  stopPrice: order.stopPrice ?? '',
  trail: order.trail ?? '',
  trailRatio: order.trailRatio === null ? '' : toPercent(order.trailRatio),
  timeInForce: order.timeInForce,
});

/** Whether a typed number is the one that stands: 51 and 51.00 are. */
const isSame = (typed: string, stands: string | null): boolean => stands !== null && billionths(typed) === billionths(stands);

function problemOf(order: Replaceable, name: Exclude<Term, 'timeInForce'>, text: string): string | undefined {
  const value = billionths(text);
  if (value === undefined) return 'Write digits with at most one point and nine decimals, like 12.5.';
  if (value <= 0n) return 'It must be above zero.';
  if (name === 'quantity') {
    if (!isWhole(value)) return 'Another quantity must be whole units.';
    if (value <= (billionths(order.filledQuantity) ?? 0n))
      return `${quantity(order.filledQuantity)} have filled already: the whole quantity must be more.`;
  }
  if (name === 'trailRatio' && value >= 1_000_000_000n) return 'It must be below 100 %.';
  return undefined;
}

export interface ReadDraft {
  /** Only what is otherwise. */
  readonly changes: Changes;
  readonly problems: Partial<Record<Term, string>>;
}

/** What the form would change of the order, and what is wrong with it. */
export function readDraft(order: Replaceable, draft: Draft): ReadDraft {
  const changes: Partial<Record<Term, string>> & { timeInForce?: TimeInForce } = {};
  const problems: Partial<Record<Term, string>> = {};
  for (const { name, locked } of fieldsOf(order)) {
    if (locked !== undefined) continue;
    if (name === 'timeInForce') {
      const life = ALWAYS.find((each) => each === draft.timeInForce);
      if (life !== undefined && life !== order.timeInForce) changes.timeInForce = life;
      continue;
    }
    const text = name === 'trailRatio' ? (fromPercent(draft.trailRatio) ?? draft.trailRatio) : draft[name].trim();
    if (isSame(text, order[name])) continue;
    const problem = problemOf(order, name, text);
    if (problem === undefined) changes[name] = text;
    else problems[name] = problem;
  }
  return { changes, problems };
}

/** "limit $50.00 → $51.00, quantity 10 → 12": what is asked for. */
export function changeWords(order: Replaceable, changes: Changes): string {
  const shown = (name: Term, value: string): string =>
    name === 'quantity' ? quantity(value) : name === 'timeInForce' ? value : name === 'trailRatio' ? `${toPercent(value)} %` : price(value);
  const NAMES: Record<Term, string> = {
    quantity: 'quantity',
    limitPrice: 'limit',
    stopPrice: 'stop',
    trail: 'trail',
    trailRatio: 'trail',
    timeInForce: 'time in force',
  };
  return fieldsOf(order)
    .flatMap(({ name }) => {
      const value = changes[name];
      return value === undefined || value === null ? [] : [`${NAMES[name]} ${shown(name, order[name] ?? '')} → ${shown(name, value)}`];
    })
    .join(', ');
}

/** A long id by its beginning, enough to tell orders apart, as hashes are written. */
export const orderName = (id: string): string => (id.length <= 18 ? id : id.slice(0, 15));
