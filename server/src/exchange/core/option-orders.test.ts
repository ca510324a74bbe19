import { beforeEach, describe, expect, test } from 'vitest';
import { format, money, price, quantity } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import type { ExchangeCore } from './core.ts';
import { coreOptions } from './core.ts';
import { ExchangeCore as Core } from './core.ts';
import { decodeState, encodeState, completed } from './state.ts';
import type { HeldState } from './state.ts';
import { ACCOUNT, at, listed, order, session } from './testing.ts';
import type { NewOrder, OptionLeg, Submission } from './types.ts';
import { tradeEventJson } from '../wire.ts';

/** Options on XYZ that expire on the second test day; bid and ask by symbol. */
const C100 = 'XYZ240305C00100000';
const C110 = 'XYZ240305C00110000';
const P100 = 'XYZ240305P00100000';
const P90 = 'XYZ240305P00090000';
let quotes: Map<string, { bid: Price; ask: Price }>;
let core: ExchangeCore;

const quote = (bid: string, ask: string) => ({ bid: price(bid), ask: price(ask) });
const instruments = new Map([listed('XYZ'), listed('ABC')].map((one) => [one.symbol, one]));

beforeEach(() => {
  quotes = new Map([
    [C100, quote('4.9', '5.1')],
    [C110, quote('1.9', '2.1')],
    [P100, quote('3.9', '4.1')],
    [P90, quote('0.9', '1.1')],
  ]);
  core = new Core(coreOptions({ instruments, startCash: money('10000') }));
  core.quoteOptions((symbol) => quotes.get(symbol));
  core.openAccount(ACCOUNT, at());
  core.openSession(session());
  core.price('XYZ', price('102'), at());
});

const single = (symbol: string, side: 'buy' | 'sell', given: Partial<NewOrder> = {}): NewOrder => ({
  ...order({ symbol, side, qty: '1' }),
  ...given,
});
const leg = (symbol: string, side: 'buy' | 'sell', ratio = 1n): OptionLeg => ({ symbol, side, ratio });
const spread = (limit: string | undefined, ...legs: readonly OptionLeg[]): NewOrder => ({
  ...order({ symbol: '', qty: '1', type: limit === undefined ? 'market' : 'limit' }),
  limitPrice: limit === undefined ? undefined : price(limit),
  legs,
});
const send = (request: NewOrder): Submission => core.submit(ACCOUNT, request, at());
const refusal = (request: NewOrder): string => {
  const result = send(request);
  return result.ok ? 'accepted' : `${result.refusal.status} ${result.refusal.code} ${result.refusal.message}`;
};
const held = (symbol: string): string => format(core.account(ACCOUNT).positions.get(symbol)?.quantity ?? quantity('0'));
const cash = (): string => format(core.account(ACCOUNT).cash);
const statusOf = (result: Submission): string =>
  result.ok ? (core.order(ACCOUNT, result.order.id)?.status ?? 'gone') : result.refusal.message;

describe('single options', () => {
  test('are bought at the ask and sold at the bid, a hundred shares a contract', () => {
    expect(statusOf(send(single(C100, 'buy')))).toBe('filled');
    expect([held(C100), cash()]).toEqual(['1', '9490']);
    core.matchOptions(at());
    const { equity, optionsBuyingPower } = core.figures(ACCOUNT);
    expect([format(equity), format(optionsBuyingPower)]).toEqual(['9990', '9490']);
    expect(statusOf(send(single(C100, 'sell', { positionIntent: 'sell_to_close' })))).toBe('filled');
    expect([held(C100), cash()]).toEqual(['0', '9980']);
  });

  test('an execution that is taken back, put right, or comes late moves a hundred shares a contract', () => {
    const bought = send(single(C100, 'buy'));
    const [execution] = core.account(ACCOUNT).executions;
    expect(cash()).toBe('9490');
    const corrected = core.correct(ACCOUNT, execution?.id ?? '', { price: price('5') }, at());
    expect([corrected.ok, cash(), held(C100)]).toEqual([true, '9500', '1']);
    expect(format(core.order(ACCOUNT, bought.ok ? bought.order.id : '')?.filledNotional ?? money('0'))).toBe('5');
    const back = core.bust(ACCOUNT, corrected.ok ? corrected.execution.id : '', at());
    expect([back.ok, cash(), held(C100)]).toEqual([true, '10000', '0']);
    if (corrected.ok) expect(tradeEventJson(corrected.execution, undefined, 'asset').net_amount).toBe('-500');

    const waiting = send(single(C100, 'buy', { type: 'limit', limitPrice: price('1') }));
    const late = core.fillLate(ACCOUNT, waiting.ok ? waiting.order.id : '', quantity('1'), price('1'), at());
    expect([late.ok, cash(), held(C100)]).toEqual([true, '9900', '1']);
  });

  test('a limit waits for its price and is good for the day', () => {
    const waiting = send(single(C100, 'buy', { type: 'limit', limitPrice: price('5') }));
    expect(statusOf(waiting)).toBe('new');
    expect(format(core.figures(ACCOUNT).optionsBuyingPower)).toBe('9500');
    quotes.set(C100, quote('4.8', '4.95'));
    core.matchOptions(at());
    expect([statusOf(waiting), cash()]).toEqual(['filled', '9505']);
    const other = send(single(C110, 'buy', { type: 'limit', limitPrice: price('1') }));
    core.closeSession(at(0, 16));
    expect(statusOf(other)).toBe('expired');
  });

  test.each<[string, Partial<NewOrder>, string]>([
    ['half a contract', { quantity: quantity('0.5') }, '422 42210000 options qty must be a whole number > 0'],
    ['dollars', { notional: money('100') }, '422 42210000 options orders must be by qty'],
    ['good till cancelled', { timeInForce: 'gtc' }, '422 42210000 options orders must be DAY orders'],
    ['extended hours', { extendedHours: true }, '422 42210000 extended hours are not available for options'],
    ['a stop', { type: 'stop', stopPrice: price('6') }, '422 42210000 stop orders in options are not supported by this exchange'],
    [
      'a wrong intent',
      { positionIntent: 'buy_to_close' },
      '422 42210000 position intent mismatch, inferred: buy_to_open, specified: buy_to_close',
    ],
    ['an unknown contract', { symbol: 'XYZ240305C00105000' }, '422 42210000 asset "XYZ240305C00105000" not found or not active'],
    ['more than there is cash for', { quantity: quantity('20') }, '403 40310000 insufficient buying power'],
  ])('%s is refused', (_name, given, expected) => expect(refusal(single(C100, 'buy', given))).toBe(expected));

  test('exactly what the cash pays for is taken, one contract more is not', () => {
    quotes.set(C100, quote('9', '10'));
    expect(refusal(single(C100, 'buy', { quantity: quantity('11') }))).toContain('insufficient buying power');
    expect(statusOf(send(single(C100, 'buy', { quantity: quantity('10') })))).toBe('filled');
    expect(cash()).toBe('0');
  });
});

describe('shorts', () => {
  test('an uncovered call is refused, whatever the cash; a covered one is taken, and its shares are bound', () => {
    expect(refusal(single(C110, 'sell'))).toBe('403 40310000 account not eligible to trade uncovered option contracts');
    core.submit(ACCOUNT, order({ qty: '150', limit: '102', type: 'limit' }), at());
    expect(held('XYZ')).toBe('150');
    expect(statusOf(send(single(C110, 'sell')))).toBe('filled');
    expect(refusal(single(C110, 'sell'))).toContain('uncovered');
    expect(refusal(order({ side: 'sell', qty: '51' }))).toContain('insufficient qty available for order (requested: 51, available: 50)');
    expect(refusal(order({ side: 'sell', qty: '50' }))).toBe('accepted');
  });

  test('a covered call that waits binds its shares as one that is filled', () => {
    core.submit(ACCOUNT, order({ qty: '100', limit: '102', type: 'limit' }), at());
    expect(statusOf(send(single(C110, 'sell', { type: 'limit', limitPrice: price('3') })))).toBe('new');
    expect(refusal(order({ side: 'sell', qty: '1' }))).toContain('insufficient qty available');
    expect(refusal(single(C110, 'sell'))).toContain('uncovered');
  });

  test('a short put needs its strike in cash', () => {
    expect(statusOf(send(single(P100, 'sell')))).toBe('filled');
    expect(format(core.figures(ACCOUNT).optionsBuyingPower)).toBe('390');
    expect(refusal(single(P90, 'sell'))).toBe('403 40310000 account not eligible to trade uncovered option contracts');
  });

  test('the long leg of a spread is not sold before the short one', () => {
    expect(statusOf(send(spread(undefined, leg(C100, 'buy'), leg(C110, 'sell'))))).toBe('filled');
    expect(refusal(single(C100, 'sell'))).toBe('403 40310000 account not eligible to trade uncovered option contracts');
    expect(statusOf(send(single(C110, 'buy', { positionIntent: 'buy_to_close' })))).toBe('filled');
    expect(statusOf(send(single(C100, 'sell')))).toBe('filled');
    expect(core.account(ACCOUNT).positions.size).toBe(0);
  });
});

describe('levels', () => {
  const at2 = (level: 0 | 1 | 2 | 3): void => void core.changeSettings(ACCOUNT, { maxOptionsLevel: level });
  test.each([
    [0, '403 40310000 account not eligible to trade options at level 2: its level is 0', 'level 1', 'level 3'],
    [1, 'level 2', 'accepted', 'level 3'],
    [2, 'accepted', 'accepted', 'level 3'],
    [3, 'accepted', 'accepted', 'accepted'],
  ] as const)('at level %i', (level, long, cashSecured, vertical) => {
    at2(level);
    expect(refusal(single(P90, 'buy'))).toContain(long);
    expect(refusal(single(P90, 'sell', level === 1 || level === 0 ? {} : { positionIntent: 'sell_to_close' }))).toContain(cashSecured);
    expect(refusal(spread('10', leg(C100, 'buy'), leg(C110, 'sell')))).toContain(vertical);
  });

  test('what is held may be closed at any level', () => {
    send(single(C100, 'buy'));
    at2(0);
    expect(refusal(single(C100, 'sell'))).toBe('accepted');
  });
});

describe('orders of several legs', () => {
  test('fill all legs at once, at the net of their quotes, or none', () => {
    const debit = send(spread('3.1', leg(C100, 'buy'), leg(C110, 'sell')));
    expect(statusOf(debit)).toBe('new');
    quotes.set(C110, quote('2', '2.2'));
    const events = core.matchOptions(at());
    expect([statusOf(debit), held(C100), held(C110), cash()]).toEqual(['filled', '1', '-1', '9690']);
    expect(events.map(({ kind, net, legs }) => [kind, format(net ?? price('0')), legs?.length])).toEqual([['fill', '3.1', 2]]);
  });

  test('a credit is a limit below zero, and sets the width less the credit aside', () => {
    const result = send(spread('-2.8', leg(P100, 'sell'), leg(P90, 'buy')));
    expect([statusOf(result), cash()]).toEqual(['filled', '10280']);
    expect(format(core.figures(ACCOUNT).optionsBuyingPower)).toBe('9280');
    expect(refusal(spread('-2.9', leg(P100, 'sell'), leg(P90, 'buy')))).toBe('accepted');
  });

  test('ratios are whole units of each leg', () => {
    expect(statusOf(send({ ...spread(undefined, leg(C100, 'buy', 2n), leg(C110, 'sell', 1n)), quantity: quantity('3') }))).toBe('filled');
    expect([held(C100), held(C110)]).toEqual(['6', '-3']);
  });

  test.each<[string, readonly OptionLeg[], string]>([
    ['one leg', [leg(C100, 'buy')], '2 to 4 legs'],
    ['a leg twice', [leg(C100, 'buy'), leg(C100, 'sell')], 'same leg twice'],
    ['ratios with a common part', [leg(C100, 'buy', 2n), leg(C110, 'sell', 2n)], 'lowest terms'],
    ['shares', [leg(C100, 'buy'), leg('XYZ', 'buy')], 'equity legs'],
    ['two underlyings', [leg(C100, 'buy'), leg('ABC240305C00100000', 'sell')], 'same underlying'],
    ['a short that is not bounded', [leg(C100, 'buy', 1n), leg(C110, 'sell', 2n)], 'uncovered'],
    ['a put against a call', [leg(C100, 'buy'), leg(P100, 'sell')], 'uncovered'],
  ])('%s is refused', (_name, legs, expected) => expect(refusal(spread('1', ...legs))).toContain(expected));

  test('a spread is closed in one order', () => {
    send(spread(undefined, leg(C100, 'buy'), leg(C110, 'sell')));
    const closing = spread(
      undefined,
      { ...leg(C100, 'sell'), positionIntent: 'sell_to_close' },
      { ...leg(C110, 'buy'), positionIntent: 'buy_to_close' },
    );
    expect(statusOf(send(closing))).toBe('filled');
    expect([core.account(ACCOUNT).positions.size, cash()]).toEqual([0, '9960']);
  });
});

describe('at expiry', () => {
  const expire = (spot: string): void => {
    core.closeSession(at(0, 16));
    core.openSession(session(1));
    core.price('XYZ', price(spot), at(1));
    core.closeSession(at(1, 16));
  };
  const rows = (): readonly string[] =>
    core.account(ACCOUNT).entries.map(({ type, symbol, quantity: size, amount }) => `${type} ${symbol} ${format(size)} ${format(amount)}`);

  test('what is worthless ends, for long and short', () => {
    send(spread(undefined, leg(C100, 'buy'), leg(C110, 'sell')));
    expire('95');
    expect(rows()).toEqual([`OPEXP ${C100} -1 0`, `OPEXP ${C110} 1 0`]);
    expect([core.account(ACCOUNT).positions.size, cash()]).toEqual([0, '9680']);
  });

  test('a long call is exercised: shares at the strike', () => {
    send(single(C100, 'buy'));
    expire('107');
    expect(rows()).toEqual([`OPEXC ${C100} -1 0`, 'OPTRD XYZ 100 -10000']);
    expect([held('XYZ'), cash()]).toEqual(['100', '-510']);
  });

  test('a covered call is assigned: the shares go at the strike', () => {
    core.submit(ACCOUNT, order({ qty: '100', limit: '102', type: 'limit' }), at());
    send(single(C110, 'sell'));
    expire('120');
    expect(rows()).toEqual([`OPASN ${C110} 1 0`, 'OPTRD XYZ -100 11000']);
    expect([held('XYZ'), cash()]).toEqual(['0', '10990']);
  });

  test('a short put is assigned, and a spread beyond both strikes is worth its width', () => {
    send(spread(undefined, leg(P100, 'sell'), leg(P90, 'buy')));
    expire('80');
    expect(held('XYZ')).toBe('0');
    // A credit of 2.80, less the width of 10.
    expect(cash()).toBe('9280');
    expect(rows().map((row) => row.split(' ')[0])).toEqual(['OPEXC', 'OPTRD', 'OPASN', 'OPTRD']);
  });

  test('exactly a cent in the money is exercised, at the strike it ends', () => {
    send(single(C100, 'buy'));
    expire('100.01');
    expect(rows()[0]).toBe(`OPEXC ${C100} -1 0`);
  });
  test('at the strike it ends', () => {
    send(single(C100, 'buy'));
    expire('100');
    expect(rows()).toEqual([`OPEXP ${C100} -1 0`]);
  });
});

test('a snapshot goes on as the venue would have', () => {
  send(spread('1', leg(C100, 'buy'), leg(C110, 'sell')));
  const copy = new Core(core.options, completed(decodeState(encodeState(core.state)) as HeldState));
  for (const one of [core, copy]) {
    one.quoteOptions((symbol) => (symbol === C100 ? quote('2.9', '3') : quote('2', '2.2')));
    one.matchOptions(at());
  }
  expect(copy.state).toEqual(core.state);
  expect(held(C100)).toBe('1');
});
