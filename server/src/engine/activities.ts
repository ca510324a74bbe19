import { worthOf } from '../instruments/worth.ts';
import { format } from '../money/fixed.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, add } from '../money/money.ts';
import type { BrokerActivity } from '../orders/broker.ts';
import { sameSign } from '../positions/average-cost.ts';
import { resultOf, sharedOut, withMoney } from '../positions/owner-results.ts';
import type { OwnerResult, OwnerShare } from '../positions/owner-results.ts';
import { ACCOUNT_OWNER, holdingOf } from '../positions/sub-ledgers.ts';
import { isExecution } from '../positions/symbol-book.ts';
import { bookOf } from './booking.ts';
import { moveCash } from './cash-moves.ts';
import { convertHeld, redeemHeld, receiveSpinOff } from './conversions.ts';
import { markEquity } from './equity.ts';
import type { EventOf } from './events.ts';
import { optionEnded, sharesDelivered } from './option-endings.ts';
import { takeBook } from './restating.ts';
import { rescalePrices } from './split-prices.ts';
import type { EngineState } from './state.ts';
import { change, emit, raise, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

type Cash = Extract<BrokerActivity, { kind: 'dividend' | 'interest' | 'fee' | 'transfer' | 'other-cash' }>;
type Split = Extract<BrokerActivity, { kind: 'split' }>;

/** What was told before the account was first seen is part of what it began with. Told again, nothing moves. */
export function activityReported(turn: Turn, { activity }: EventOf<'ActivityReported'>): void {
  const { activities, openingCash } = turn.state;
  if (activities.has(activity.id)) return;
  change(turn, { activities: withEntry(activities, activity.id, activity.at) });
  if (openingCash === undefined) return;
  switch (activity.kind) {
    case 'split':
      return splitHeld(turn, activity);
    case 'option-end':
      return optionEnded(turn, activity, tellUnbooked);
    case 'option-delivery':
      return sharesDelivered(turn, activity, tellUnbooked);
    case 'conversion':
      return convertHeld(turn, activity, tellUnbooked);
    case 'redemption':
      return redeemHeld(turn, activity, tellUnbooked);
    case 'spin-off':
      return receiveSpinOff(turn, activity, tellUnbooked);
    case 'other-units':
      return tellUnbooked(turn, activity, 'The engine does not book what moved the units.');
    case 'dividend':
    case 'interest':
    case 'fee':
    case 'transfer':
    case 'other-cash':
      return moveCash(turn, activity.id, activity, partsOf(turn.state, activity));
  }
}

/** Whose money it is: dividends are of those who hold the symbol, the charges of a day of those who traded on it, the rest the account's own. */
function partsOf(state: EngineState, activity: Cash): readonly OwnerShare[] {
  const { kind, amount, symbol, date } = activity;
  const weights =
    kind === 'fee' ? tradedOn(state, date, symbol) : kind === 'dividend' && symbol !== undefined ? held(state, symbol) : undefined;
  const parts = weights === undefined ? [] : sharedOut(amount, weights);
  return parts.length > 0 || amount === 0n ? parts : [{ owner: ACCOUNT_OWNER, amount }];
}

function held({ ledgers }: EngineState, symbol: string): ReadonlyMap<string, bigint> {
  return new Map([...ledgers.keys()].map((owner) => [owner, abs(holdingOf(ledgers, owner, symbol))]));
}

const DAY_MS = 86_400_000;

/** What each owner has bought and sold on a New York date, in dollars; a person's orders count as the account's. */
function tradedOn({ books }: EngineState, date: string, symbol: string | undefined): ReadonlyMap<string, bigint> {
  const day = Temporal.PlainDate.from(date);
  const [from, to] = [day, day.add({ days: 1 })].map((each) => each.toZonedDateTime('America/New_York').epochMilliseconds);
  const traded = new Map<string, bigint>();
  for (const [name, { entries }] of books) {
    if (symbol !== undefined && name !== symbol) continue;
    for (const { execution, strategyId = ACCOUNT_OWNER } of entries.filter(isExecution)) {
      if (from === undefined || to === undefined || execution.at < from || execution.at >= to) continue;
      traded.set(strategyId, (traded.get(strategyId) ?? 0n) + abs(worthOf(name, execution.quantity, execution.price)));
    }
  }
  return traded;
}

/** The broker's own position says what the split made of ours: every owner's units follow, and what waits at prices of before. */
function splitHeld(turn: Turn, activity: Split): void {
  const { id, symbol, quantity, amount, at, words } = activity;
  const before = turn.state.positions.get(symbol)?.quantity ?? (0n as Quantity);
  const after = add(before, quantity);
  if (before === 0n || (after !== 0n && !sameSign(before, after))) {
    tellUnbooked(turn, activity, `We hold ${format(before)}: a change by ${format(quantity)} is no split of that.`);
    return;
  }
  const worth = held(turn.state, symbol);
  const book = bookOf(turn.state, symbol);
  const split = { newUnits: after, oldUnits: before, at };
  emit(turn, { kind: 'PositionSplit', activityId: id, symbol, from: before, to: after, at });
  if (after !== 0n) rescalePrices(turn, symbol, split);
  takeBook(turn, symbol, { ...book, entries: [...book.entries, { cause: id, split }] });
  if (amount !== 0n) moveCash(turn, id, { kind: 'split', amount, symbol, words, at }, sharedOut(amount, worth));
  markEquity(turn, false);
  const detail = `${format(before)} became ${format(after)} (${words}). Exits and prices that wait were scaled with it; what strategies had wished for before is given up.`;
  raise(turn, 'PositionSplit', id, 'warning', `The units of ${symbol} were split`, detail);
}

function tellUnbooked(turn: Turn, activity: Exclude<BrokerActivity, Cash>, why: string): void {
  const { id, amount, words } = activity;
  const legs = activity.kind === 'conversion' ? activity.legs : [activity];
  const moved = legs.map(({ symbol, quantity }) => `${format(quantity)} of ${symbol}`).join(' and ');
  const detail = `${words}: ${moved}, ${format(amount)} in cash. ${why} The next reconcile compares positions and cash.`;
  const symbols = legs.map(({ symbol }) => symbol).join(' and ');
  raise(turn, 'ActivityNotBooked', id, 'critical', `The broker moved units of ${symbols}`, detail);
}

/** What people accept of the broker's cash is the account's own, neither gain nor loss. */
export function acceptCash(turn: Turn, amount: Money): void {
  change(turn, {
    cash: add(turn.state.cash, amount),
    cashAdjustments: add(turn.state.cashAdjustments, amount),
    results: withMoney(turn.state.results, ACCOUNT_OWNER, 'transfers', amount),
  });
}

/** Sums over all owners. */
export function totals({ results }: EngineState): Pick<OwnerResult, 'fees' | 'income' | 'charges' | 'transfers'> {
  const names = ['fees', 'income', 'charges', 'transfers'] as const;
  const sums = names.map(
    (name) => [name, [...results.keys()].reduce((sum, owner) => sum + resultOf(results, owner)[name], 0n) as Money] as const,
  );
  return Object.fromEntries(sums) as Record<(typeof names)[number], Money>;
}

/** The broker is asked again for what is this old: activities are posted late. */
export const ACTIVITY_LOOKBACK_MS = 7 * DAY_MS;

/** Activities that no question can tell again are forgotten. */
export const rememberedActivities = ({ activities, reconciledAt }: EngineState): ReadonlyMap<string, Instant> =>
  reconciledAt === undefined ? activities : new Map([...activities].filter(([, at]) => at >= reconciledAt - 2 * ACTIVITY_LOOKBACK_MS));
