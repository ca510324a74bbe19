import { describe, expect, test } from 'vitest';
import { format, money, price, quantity, ratio } from '../../money/fixed.ts';
import type { TimeInForce } from '../../orders/order.ts';
import type { ExchangeCore } from './core.ts';
import { ACCOUNT, at, kinds, listed, openCore, order, place, session, taken, testCore } from './testing.ts';
import type { Ticket } from './testing.ts';
import { coreOptions } from './options.ts';
import { ExchangeCore as Core } from './core.ts';
import type { VenueOrderType } from './types.ts';

const move = (core: ExchangeCore, ...levels: readonly string[]): readonly string[] =>
  levels.flatMap((level) => kinds(core.price('XYZ', price(level.replace('!', '')), at(), level.startsWith('!') ? 'gap' : 'path')));
const refusalOf = (core: ExchangeCore, ticket: Ticket): string => {
  const result = core.submit(ACCOUNT, order(ticket), at());
  return result.ok ? 'taken' : result.refusal.message;
};

describe('a trailing stop', () => {
  const long = (): ExchangeCore => {
    const core = openCore('100');
    place(core);
    return core;
  };
  const trail: Ticket = { side: 'sell', type: 'trailing_stop', timeInForce: 'gtc', trail: '5' };

  test('follows the best price and never goes back', () => {
    const core = long();
    const { id } = place(core, trail);
    const seen = ['100', '104', '102', '110', '106'].map((level) => {
      move(core, level);
      const now = core.order(ACCOUNT, id);
      return [now?.highWater, now?.stopPrice].map((one) => (one === undefined ? '' : format(one)));
    });
    expect(seen).toEqual([
      ['100', '95'],
      ['104', '99'],
      ['104', '99'],
      ['110', '105'],
      ['110', '105'],
    ]);
    expect(move(core, '104')).toEqual(['fill']);
    expect(format(core.account(ACCOUNT).executions.at(-1)?.price ?? price('0'))).toBe('105');
  });

  test('in percent, rounded away from the price', () => {
    const core = long();
    const { id } = place(core, { ...trail, trail: undefined as never, trailPercent: ratio('0.033') });
    move(core, '101.01');
    expect(format(core.order(ACCOUNT, id)?.stopPrice ?? price('0'))).toBe('97.67');
  });

  test('of a short sale follows the lowest price', () => {
    const core = openCore('100');
    place(core, { side: 'sell' });
    const { id } = place(core, { ...trail, side: 'buy', trail: '2' });
    move(core, '95', '96');
    expect(format(core.order(ACCOUNT, id)?.stopPrice ?? price('0'))).toBe('97');
    expect(move(core, '98')).toEqual(['fill']);
  });

  test('a new trail keeps the mark; the unit cannot be changed by it', () => {
    const core = long();
    const { id } = place(core, trail);
    move(core, '110');
    const tighter = core.replace(ACCOUNT, id, { trail: price('2') }, at());
    const now = tighter.ok ? core.order(ACCOUNT, tighter.order.id) : undefined;
    expect([now?.highWater, now?.trailPrice].map((one) => one && format(one))).toEqual(['110', '2']);
    expect(move(core, '108.5', '107')).toEqual(['fill']);
  });

  test.each([
    { name: 'neither unit', ticket: { ...trail, trail: undefined as never }, says: 'one of trail_price or trail_percent' },
    { name: 'both units', ticket: { ...trail, trailPercent: ratio('0.01') }, says: 'one of trail_price or trail_percent' },
    { name: 'a stop price', ticket: { ...trail, stop: '90' }, says: 'require no stop_price' },
    { name: 'an immediate one', ticket: { ...trail, timeInForce: 'ioc' as const }, says: 'invalid order type' },
    { name: 'a trail of a market order', ticket: { trail: '1' }, says: 'require no trail' },
    { name: 'all of the price', ticket: { ...trail, trail: undefined as never, trailPercent: ratio('1') }, says: '< 100' },
  ])('$name is refused', ({ ticket, says }) => {
    expect(refusalOf(long(), ticket)).toContain(says);
  });
});

describe('orders by dollars and parts of shares', () => {
  const fractional = (): ExchangeCore => {
    const core = openCore('100');
    core.price('FRAC', price('30'), at());
    return core;
  };

  test('an order by dollars takes its quantity from its price, to nine digits', () => {
    const core = fractional();
    const bought = place(core, { symbol: 'FRAC', dollars: '100' });
    expect([bought.status, format(bought.filledQuantity)]).toEqual(['filled', '3.333333333']);
    expect(core.account(ACCOUNT).cash <= money('99900.00000001')).toBe(true);
    const sold = place(core, { symbol: 'FRAC', side: 'sell', dollars: '50' });
    expect(format(sold.filledQuantity)).toBe('1.666666666');
  });

  const cases: readonly { name: string; ticket: Ticket; says: string }[] = [
    { name: 'dollars of a whole-share asset', ticket: { dollars: '100' }, says: 'not fractionable' },
    { name: 'a part of a whole-share asset', ticket: { qty: '1.5' }, says: 'not fractionable' },
    { name: 'less than a dollar', ticket: { symbol: 'FRAC', dollars: '0.99' }, says: 'minimal amount of order 1' },
    { name: 'a dollar', ticket: { symbol: 'FRAC', dollars: '1' }, says: 'taken' },
    { name: 'parts for longer than a day', ticket: { symbol: 'FRAC', qty: '1.5', timeInForce: 'gtc' }, says: 'DAY orders' },
    { name: 'dollars at once or never', ticket: { symbol: 'FRAC', dollars: '10', timeInForce: 'ioc' }, says: 'DAY orders' },
    { name: 'parts short', ticket: { symbol: 'FRAC', side: 'sell', qty: '1.5' }, says: 'not allowed to short' },
    { name: 'dollars short', ticket: { symbol: 'FRAC', side: 'sell', dollars: '45' }, says: 'not allowed to short' },
    {
      name: 'parts with a trail',
      ticket: { symbol: 'FRAC', qty: '1.5', type: 'trailing_stop', trail: '1' },
      says: 'cannot be trailing_stop',
    },
    {
      name: 'parts in extended hours',
      ticket: { symbol: 'FRAC', qty: '1.5', type: 'limit', limit: '30', extendedHours: true },
      says: 'not allowed in extended hours',
    },
    { name: 'both', ticket: { symbol: 'FRAC', qty: '1', dollars: '30' }, says: 'only one of qty or notional' },
  ];
  test.each(cases)('$name', ({ ticket, says }) => {
    expect(refusalOf(fractional(), ticket)).toContain(says);
  });

  test('neither can be replaced in its quantity', () => {
    const core = fractional();
    const byDollars = place(core, { symbol: 'FRAC', dollars: '100', type: 'limit', limit: '20' });
    const part = place(core, { symbol: 'FRAC', qty: '1.5', type: 'limit', limit: '20' });
    expect(core.replace(ACCOUNT, byDollars.id, { limitPrice: price('21') }, at())).toMatchObject({ ok: false, refusal: { status: 422 } });
    expect(core.replace(ACCOUNT, part.id, { quantity: quantity('2') }, at())).toMatchObject({ ok: false, refusal: { status: 422 } });
    expect(core.replace(ACCOUNT, part.id, { limitPrice: price('21') }, at())).toMatchObject({ ok: true });
  });

  test('while the market is closed, dollars and shares do not close one position together', () => {
    const core = fractional();
    place(core, { symbol: 'FRAC', qty: '4' });
    core.closeSession(at(0, 16));
    place(core, { symbol: 'FRAC', side: 'sell', qty: '1' });
    expect(refusalOf(core, { symbol: 'FRAC', side: 'sell', dollars: '30' })).toContain('unable to open new notional orders');
  });
});

const TYPES: readonly VenueOrderType[] = ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'];
const TIFS: readonly TimeInForce[] = ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'];

describe('the matrix of types and times in force', () => {
  const ticketOf = (type: VenueOrderType, timeInForce: TimeInForce): Ticket => ({
    type,
    timeInForce,
    ...(type === 'limit' || type === 'stop_limit' ? { limit: '100' } : {}),
    ...(type === 'stop' || type === 'stop_limit' ? { stop: '105' } : {}),
    ...(type === 'trailing_stop' ? { trail: '1' } : {}),
  });
  const allowed = (core: () => ExchangeCore, given: Ticket): readonly string[] =>
    TIFS.flatMap((tif) =>
      TYPES.filter((type) => refusalOf(core(), { ...ticketOf(type, tif), ...given }) === 'taken').map((type) => `${tif} ${type}`),
    );

  test('of whole shares', () => {
    expect(allowed(testCore, {})).toEqual([
      ...TYPES.flatMap((type) => [`day ${type}`]),
      ...TYPES.flatMap((type) => [`gtc ${type}`]),
      ...['ioc', 'fok', 'opg', 'cls'].flatMap((tif) => [`${tif} market`, `${tif} limit`]),
    ]);
  });

  test('of parts of shares', () => {
    expect(allowed(testCore, { symbol: 'FRAC', qty: '1.5' })).toEqual(['day market', 'day limit', 'day stop', 'day stop_limit']);
  });

  test('of crypto', () => {
    const coin = (): ExchangeCore => {
      const instruments = new Map([['BTC/USD', listed('BTC/USD', { assetClass: 'crypto', lot: quantity('0.0001') })]]);
      const core = new Core(coreOptions({ instruments }));
      core.openAccount(ACCOUNT, at());
      return core;
    };
    expect(allowed(coin, { symbol: 'BTC/USD', qty: '1' })).toEqual(
      ['gtc', 'ioc'].flatMap((tif) => ['market', 'limit', 'stop_limit'].map((type) => `${tif} ${type}`)),
    );
  });

  test('of extended hours: limits for a day or until cancelled', () => {
    expect(allowed(testCore, { extendedHours: true })).toEqual(['day limit', 'gtc limit']);
  });
});

describe('orders for the auctions', () => {
  const auctions = (auctionTif: 'auction-fill' | 'quote-fill' | 'accept-and-expire'): readonly (readonly string[])[] => {
    const core = testCore({ auctionTif, spread: price('0.02') });
    const opening = place(core, { timeInForce: 'opg' });
    core.openSession(session());
    core.price('XYZ', price('100'), at(0, 9));
    const closing = place(core, { timeInForce: 'cls' });
    core.price('XYZ', price('101'), at());
    core.closeSession(at(0, 16));
    return [opening, closing].map(({ id }) => {
      const now = core.order(ACCOUNT, id);
      return [now?.status ?? '', format(now?.filledNotional ?? money('0'))];
    });
  };
  test.each([
    {
      how: 'auction-fill' as const,
      seen: [
        ['filled', '1000'],
        ['filled', '1010'],
      ],
    },
    {
      how: 'quote-fill' as const,
      seen: [
        ['filled', '1000.2'],
        ['filled', '1010.2'],
      ],
    },
    {
      how: 'accept-and-expire' as const,
      seen: [
        ['expired', '0'],
        ['expired', '0'],
      ],
    },
  ])('$how', ({ how, seen }) => {
    expect(auctions(how)).toEqual(seen);
  });

  test('may be refused altogether', () => {
    expect(refusalOf(testCore({ auctionTif: 'reject' }), { timeInForce: 'opg' })).toContain('not permitted');
  });

  const minute = (time: string) => Date.parse(`2024-03-05T${time}:00-05:00`) as ReturnType<typeof at>;
  test.each([
    { tif: 'opg' as const, time: '09:27', taken: true },
    { tif: 'opg' as const, time: '09:28', taken: false },
    { tif: 'opg' as const, time: '18:59', taken: false },
    { tif: 'opg' as const, time: '19:00', taken: true },
    { tif: 'cls' as const, time: '15:49', taken: true },
    { tif: 'cls' as const, time: '15:50', taken: false },
    { tif: 'cls' as const, time: '19:00', taken: true },
  ])('by the clock: $tif at $time is taken: $taken', ({ tif, time, taken: expected }) => {
    expect(testCore({ auctionWindows: true }).submit(ACCOUNT, order({ timeInForce: tif }), minute(time)).ok).toBe(expected);
  });
});

describe('requests that take time', () => {
  const slow = (): ExchangeCore => openCore('100', { routingDelay: true });

  test('an order is live with the next price only, and trades there', () => {
    const core = slow();
    const sent = core.submit(ACCOUNT, order(), at());
    expect(sent.ok && kinds(sent.events)).toEqual(['pending_new']);
    expect(move(core, '101')).toEqual(['new', 'fill']);
    expect(format(core.account(ACCOUNT).executions[0]?.price ?? price('0'))).toBe('101');
  });

  const resting = (core: ExchangeCore): string => {
    const { id } = place(core, { type: 'limit', limit: '95' });
    move(core, '100');
    return id;
  };

  test('a cancel can lose the race: filled, and the stream says that it was rejected', () => {
    const core = slow();
    const id = resting(core);
    const asked = core.cancel(ACCOUNT, id, at());
    expect(asked.ok && kinds(asked.events)).toEqual(['pending_cancel']);
    expect(core.cancel(ACCOUNT, id, at())).toMatchObject({ ok: false, refusal: { status: 422 } });
    expect(move(core, '94')).toEqual(['fill', 'order_cancel_rejected']);
  });

  test('a cancel that wins ends the order at the next price', () => {
    const core = slow();
    const id = resting(core);
    core.cancel(ACCOUNT, id, at());
    expect(move(core, '99')).toEqual(['canceled']);
  });

  test('a partial fill before the cancel arrives is kept', () => {
    const core = openCore('100', { routingDelay: true, participation: ratio('1') });
    const { id } = place(core, { type: 'limit', limit: '95' });
    core.price('XYZ', price('100'), at(), 'path', quantity('9'));
    core.cancel(ACCOUNT, id, at());
    expect(kinds(core.price('XYZ', price('95'), at(), 'path', quantity('4')))).toEqual(['partial_fill', 'canceled']);
    expect(core.order(ACCOUNT, id)).toMatchObject({ status: 'canceled', filledQuantity: quantity('4') });
  });

  test('a replace can lose the race: the new order is rejected', () => {
    const core = slow();
    const id = resting(core);
    const asked = core.replace(ACCOUNT, id, { limitPrice: price('96') }, at());
    expect(core.order(ACCOUNT, id)?.status).toBe('pending_replace');
    expect(core.cancel(ACCOUNT, id, at())).toMatchObject({ ok: false, refusal: { status: 422 } });
    expect(move(core, '94')).toEqual(['fill', 'order_replace_rejected', 'rejected']);
    expect(asked.ok && core.order(ACCOUNT, asked.order.id)?.status).toBe('rejected');
  });

  test.each([
    { carries: true, filled: '4', left: '6' },
    { carries: false, filled: '0', left: '10' },
  ])('a replace takes over what was filled meanwhile: $carries', ({ carries, filled, left }) => {
    const core = openCore('100', { routingDelay: true, participation: ratio('1'), replaceCarriesFills: carries });
    const { id } = place(core, { type: 'limit', limit: '95' });
    core.price('XYZ', price('100'), at(), 'path', quantity('9'));
    const asked = core.replace(ACCOUNT, id, { limitPrice: price('94') }, at());
    expect(kinds(core.price('XYZ', price('95'), at(), 'path', quantity('4')))).toEqual(['partial_fill', 'replaced', 'new']);
    const now = asked.ok ? core.order(ACCOUNT, asked.order.id) : undefined;
    expect(now && [format(now.filledQuantity), format((now.quantity - now.filledQuantity) as typeof now.quantity)]).toEqual([filled, left]);
    expect([now?.replaces, core.order(ACCOUNT, id)?.replacedBy]).toEqual([id, now?.id]);
  });

  test.each(['accepted', 'pending_new', 'pending_cancel', 'pending_replace'])('a replace is refused in %s', (status) => {
    const core = status === 'accepted' ? testCore() : slow();
    const { id } = place(core, { type: 'limit', limit: '95' });
    if (status.startsWith('pending_') && status !== 'pending_new') move(core, '100');
    if (status === 'pending_cancel') core.cancel(ACCOUNT, id, at());
    if (status === 'pending_replace') core.replace(ACCOUNT, id, { limitPrice: price('94') }, at());
    expect(core.order(ACCOUNT, id)?.status).toBe(status);
    expect(core.replace(ACCOUNT, id, { limitPrice: price('93') }, at())).toMatchObject({
      ok: false,
      refusal: { status: 422, message: `cannot replace order in ${status} status` },
    });
  });

  test('while a replace waits, the larger of the two orders is reserved', () => {
    const core = slow();
    const id = resting(core);
    const before = core.figures(ACCOUNT).reserved;
    core.replace(ACCOUNT, id, { quantity: quantity('20') }, at());
    expect([before, core.figures(ACCOUNT).reserved].map(format)).toEqual(['950', '1900']);
  });
});

test('done for the day, and on again at the next open', () => {
  const core = openCore('100', { doneForDay: true });
  const { id } = place(core, { type: 'limit', limit: '90', timeInForce: 'gtc' });
  expect(kinds(core.closeSession(at(0, 16)))).toEqual(['done_for_day']);
  expect(kinds(core.openSession(session(1)))).toEqual(['new']);
  expect(kinds(core.price('XYZ', price('89'), at(1)))).toEqual(['fill']);
  expect(core.order(ACCOUNT, id)?.status).toBe('filled');
});

test('a limit too far from the market is refused where the options say how far', () => {
  const core = openCore('100', { limitDistanceMax: ratio('0.5') });
  expect(refusalOf(core, { type: 'limit', limit: '50' })).toBe('taken');
  expect(refusalOf(core, { type: 'limit', limit: '49.99' })).toContain('too far');
});

test('an intent that the client states is compared with what the order does', () => {
  const core = openCore('100');
  expect(refusalOf(core, { positionIntent: 'buy_to_close' })).toContain('inferred: buy_to_open, specified: buy_to_close');
  taken(core, core.submit(ACCOUNT, order({ positionIntent: 'buy_to_open' }), at()));
});
