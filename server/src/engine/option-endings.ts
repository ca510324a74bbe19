import { daysToExpiry, expiresAt, lastTradingSession } from '../instruments/option-contract.ts';
import { multiplierOf, pricePaid, worthOf } from '../instruments/worth.ts';
import { newYorkDate } from '../instruments/calendar.ts';
import { format } from '../money/fixed.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import { formatInstant } from '../money/instant.ts';
import { abs, negate, ZERO_MONEY } from '../money/money.ts';
import type { BrokerActivity } from '../orders/broker.ts';
import { sameSign } from '../positions/average-cost.ts';
import type { Position } from '../positions/position.ts';
import { ACCOUNT_OWNER } from '../positions/sub-ledgers.ts';
import type { OptionContractView } from '../risk/options.ts';
import { bookOnAccount } from './booking.ts';
import { markEquity } from './equity.ts';
import { assertAccount } from './invariants.ts';
import { noteDelivered, noteEnded } from './option-settlement.ts';
import { contractsOf, listedContracts } from './options.ts';
import type { EngineState } from './state.ts';
import { change, closeAlert, emit, raise } from './turn.ts';
import type { Turn } from './turn.ts';

type Ended = Extract<BrokerActivity, { kind: 'option-end' }>;
type Delivered = Extract<BrokerActivity, { kind: 'option-delivery' }>;
/** Tells people what cannot be booked, and why. */
type Refuse = (turn: Turn, activity: Ended | Delivered, why: string) => void;

const NOTHING = 0n as Price;
const WORDS: Readonly<Record<Ended['end'], string>> = {
  expired: 'expired worthless',
  exercised: 'were exercised',
  assigned: 'were assigned to us',
};

/** Contracts leave the books for nothing: what they had cost, or brought, is realised. What an exercise delivers is told apart, and costs the strike. */
export function optionEnded(turn: Turn, activity: Ended, refuse: Refuse): void {
  const { id, symbol, quantity, amount, end, at, words } = activity;
  const held = turn.state.positions.get(symbol)?.quantity ?? (0n as Quantity);
  if (held === 0n || sameSign(held, quantity) || abs(quantity) > abs(held)) {
    refuse(turn, activity, `We hold ${format(held)} of them: ${format(quantity)} is no end of those.`);
    return;
  }
  if (amount !== 0n) {
    refuse(turn, activity, 'An option ends without cash: what is delivered is told apart.');
    return;
  }
  noteEnded(turn, symbol, negate(quantity), end !== 'expired');
  bookOnAccount(turn, { symbol, quantity, price: NOTHING, fee: ZERO_MONEY, at }, id, undefined);
  assertAccount(turn.state, symbol);
  closeAlert(turn, `OptionExpires-${symbol}`, 'broker');
  closeAlert(turn, `OptionExpires-${symbol}-last`, 'broker');
  raise(turn, 'OptionEnded', id, end === 'expired' ? 'info' : 'warning', `${format(abs(quantity))} of ${symbol} ${WORDS[end]}`, words);
  markEquity(turn, false);
}

/** Shares change hands for what was paid, which is the strike of a contract that ended or is about to: without one they are in the books already, or were never due. */
export function sharesDelivered(turn: Turn, activity: Delivered, refuse: Refuse): void {
  const { id, kind, symbol, quantity, amount, words, at } = activity;
  const price = quantity === 0n ? NOTHING : pricePaid(symbol, negate(amount), quantity);
  if (price <= 0n || worthOf(symbol, quantity, price) !== negate(amount)) {
    refuse(turn, activity, 'That is no price of a share.');
    return;
  }
  if (!noteDelivered(turn, symbol, quantity, price)) {
    refuse(turn, activity, `No contract of ours delivers that at ${format(price)}.`);
    return;
  }
  bookOnAccount(turn, { symbol, quantity, price, fee: ZERO_MONEY, at }, id, undefined);
  assertAccount(turn.state, symbol);
  const parts = [{ owner: ACCOUNT_OWNER, amount }];
  emit(turn, { kind: 'CashMoved', activityId: id, what: kind, amount, parts, symbol, words, at });
  markEquity(turn, false);
}

/** Days before the end at which people are told first. */
const REMINDER_DAYS = 5;

function reminder({ underlying, right, strike, expiresOn }: OptionContractView, { symbol, quantity }: Position): string {
  const shares = (abs(quantity) * multiplierOf(symbol)) as Quantity;
  const buys = (right === 'call') === quantity > 0n;
  const cost: Money = worthOf(underlying, shares, strike);
  return (
    `${format(quantity)} held, which trade until ${formatInstant(expiresAt(expiresOn))}. A cent in the money they are ${quantity > 0n ? 'exercised' : 'assigned'}: ` +
    `${format(shares)} ${underlying} are ${buys ? 'bought' : 'sold'} at ${format(strike)} for $${format(cost)}. Otherwise they end worthless.`
  );
}

/** Whether the opening before this one told of it already: people may have closed the alert since. */
function isTold({ previousSessionOpenedAt: before }: EngineState, { openedAt }: Position, last: string): boolean {
  return before !== undefined && openedAt <= before && daysToExpiry(last, newYorkDate(before)) <= REMINDER_DAYS;
}

/** At each opening: what is held and ends within five days is told at the first of those, and again on its last day. What has ended waits for the broker's word. */
export function remindOfExpiry(turn: Turn): void {
  const contracts = contractsOf(turn.state);
  if (contracts.size === 0) return;
  const today = newYorkDate(turn.state.now);
  for (const position of turn.state.positions.values()) {
    const contract = contracts.get(position.symbol);
    if (contract === undefined) continue;
    const { date: last } = lastTradingSession(contract.expiresOn);
    if (last < today || daysToExpiry(last, today) > REMINDER_DAYS) continue;
    const isLast = last === today;
    if (!isLast && isTold(turn.state, position, last)) continue;
    const title = isLast ? `Today is the last day of ${position.symbol}` : `${position.symbol} expires on ${contract.expiresOn}`;
    const subject = isLast ? `${position.symbol}-last` : position.symbol;
    raise(turn, 'OptionExpires', subject, isLast ? 'warning' : 'info', title, reminder(contract, position));
  }
  for (const { id, code } of turn.state.alerts.values()) {
    const symbol = id.slice('OptionExpires-'.length).replace(/-last$/, '');
    if (code === 'OptionExpires' && !turn.state.positions.has(symbol)) closeAlert(turn, id, 'engine');
  }
}

/** Contracts that have ended and are not held are forgotten, with their marks: else every one that was ever looked at would be kept. */
export function forgetEnded(turn: Turn): void {
  const { instruments, marks, positions, now }: EngineState = turn.state;
  const today = newYorkDate(now);
  const ended = [...listedContracts(instruments).values()].filter(({ symbol, expiresOn }) => expiresOn < today && !positions.has(symbol));
  if (ended.length === 0) return;
  const gone = new Set(ended.map(({ symbol }) => symbol));
  change(turn, {
    instruments: new Map([...instruments].filter(([symbol]) => !gone.has(symbol))),
    marks: new Map([...marks].filter(([symbol]) => !gone.has(symbol))),
  });
}
