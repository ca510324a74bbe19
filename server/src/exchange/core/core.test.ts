import { describe, expect, test } from 'vitest';
import { format, money, price, quantity, ratio } from '../../money/fixed.ts';
import { ExchangeCore } from './core.ts';
import { completed, decodeState, encodeState } from './state.ts';
import type { ExchangeState, HeldState } from './state.ts';
import { ACCOUNT, at, kinds, openCore, order, place, session, taken, testCore } from './testing.ts';
import type { Ticket } from './testing.ts';

describe('a market order', () => {
  test('fills at once at the current price while the session is open', () => {
    const core = openCore('100');
    const submission = core.submit(ACCOUNT, order(), at());
    expect(submission.ok && submission.order.status).toBe('pending_new');
    expect(submission.ok && kinds(submission.events)).toEqual(['pending_new', 'new', 'fill']);
    const filled = taken(core, submission);
    expect([filled.status, format(filled.filledQuantity), format(filled.filledNotional)]).toEqual(['filled', '10', '1000']);
    expect(format(core.figures(ACCOUNT).cash)).toBe('99000');
    expect(format(core.figures(ACCOUNT).equity)).toBe('100000');
  });

  test('sent while closed waits for the next open and fills at the opening price', () => {
    const core = testCore();
    core.price('XYZ', price('100'), at());
    const submission = core.submit(ACCOUNT, order(), at());
    expect(submission.ok && submission.order.status).toBe('accepted');
    expect(submission.ok && kinds(submission.events)).toEqual(['accepted']);
    expect(kinds(core.openSession(session(1)))).toEqual(['pending_new', 'new']);
    const [fill] = core.price('XYZ', price('103.5'), at(1, 9));
    expect(fill?.kind).toBe('fill');
    expect(fill?.execution && format(fill.execution.price)).toBe('103.5');
  });

  test('in a symbol that does not trade today expires at the close', () => {
    const core = testCore();
    core.openSession(session());
    const waiting = place(core, { symbol: 'ABC' });
    expect(waiting.status).toBe('new');
    expect(kinds(core.closeSession(at(0, 16)))).toEqual(['expired']);
  });
});

interface Run {
  readonly name: string;
  readonly ticket: Ticket;
  /** Prices after submission at 100; a leading `!` is a gap. */
  readonly prices: readonly string[];
  /** Price and index of the fill; `undefined` for none. */
  readonly fill: readonly [number, string] | undefined;
  readonly collar?: boolean;
}

const RUNS: readonly Run[] = [
  { name: 'buy limit touched on the way fills at the limit', ticket: { type: 'limit', limit: '99' }, prices: ['98'], fill: [0, '99'] },
  { name: 'buy limit exactly touched', ticket: { type: 'limit', limit: '99' }, prices: ['99'], fill: [0, '99'] },
  { name: 'buy limit missed by a cent', ticket: { type: 'limit', limit: '98.99' }, prices: ['99'], fill: undefined },
  { name: 'buy limit jumped over fills better', ticket: { type: 'limit', limit: '99' }, prices: ['!97'], fill: [0, '97'] },
  {
    name: 'sell limit jumped over fills better',
    ticket: { side: 'sell', type: 'limit', limit: '101' },
    prices: ['!104'],
    fill: [0, '104'],
  },
  { name: 'sell limit touched on the way', ticket: { side: 'sell', type: 'limit', limit: '101' }, prices: ['104'], fill: [0, '101'] },
  {
    name: 'sell stop touched on the way fills at the stop',
    ticket: { side: 'sell', type: 'stop', stop: '95' },
    prices: ['90'],
    fill: [0, '95'],
  },
  { name: 'sell stop gapped fills at the gap', ticket: { side: 'sell', type: 'stop', stop: '95' }, prices: ['!90'], fill: [0, '90'] },
  { name: 'buy stop gapped fills at the gap', ticket: { type: 'stop', stop: '105' }, prices: ['!110'], fill: [0, '110'] },
  {
    name: 'buy stop with collar waits beyond it',
    ticket: { type: 'stop', stop: '105' },
    prices: ['!110', '107'],
    fill: [1, '107.625'],
    collar: true,
  },
  { name: 'buy stop with collar within it', ticket: { type: 'stop', stop: '105' }, prices: ['!106'], fill: [0, '106'], collar: true },
  { name: 'buy stop not reached', ticket: { type: 'stop', stop: '105' }, prices: ['104.99'], fill: undefined },
  {
    name: 'buy stop-limit with room fills at the stop',
    ticket: { type: 'stop_limit', stop: '105', limit: '106' },
    prices: ['110'],
    fill: [0, '105'],
  },
  {
    name: 'buy stop-limit jumped over waits for its limit',
    ticket: { type: 'stop_limit', stop: '105', limit: '106' },
    prices: ['!110', '105'],
    fill: [1, '106'],
  },
  {
    name: 'sell stop-limit below its stop',
    ticket: { side: 'sell', type: 'stop_limit', stop: '95', limit: '94' },
    prices: ['90'],
    fill: [0, '95'],
  },
];

describe('touching prices', () => {
  test.each(RUNS)('$name', ({ ticket, prices, fill, collar }) => {
    const core = openCore('100', { buyStopCollar: collar ?? false });
    const submission = core.submit(ACCOUNT, order(ticket), at());
    taken(core, submission);
    const seen = prices.flatMap((text, index) => {
      const gap = text.startsWith('!');
      return core
        .price('XYZ', price(gap ? text.slice(1) : text), at(), gap ? 'gap' : 'path')
        .filter((event) => event.kind === 'fill')
        .map((event) => [index, event.execution && format(event.execution.price)] as const);
    });
    expect(seen).toEqual(fill === undefined ? [] : [fill]);
  });

  test('a marketable limit fills at once, at the market', () => {
    const core = openCore('100');
    expect(format(place(core, { type: 'limit', limit: '101' }).filledNotional)).toBe('1000');
  });

  test('orders on the way are met in the order of their prices, then of arrival', () => {
    const core = openCore('100');
    const far = place(core, { type: 'limit', limit: '97', qty: '1' });
    const near = place(core, { type: 'limit', limit: '99', qty: '1' });
    const second = place(core, { type: 'limit', limit: '99', qty: '1' });
    const events = core.price('XYZ', price('96'), at());
    expect(events.map((event) => event.order.id)).toEqual([near.id, second.id, far.id]);
  });
});

describe('time in force', () => {
  const cases: readonly { name: string; ticket: Ticket; status: string }[] = [
    { name: 'ioc marketable', ticket: { timeInForce: 'ioc', type: 'limit', limit: '100' }, status: 'filled' },
    { name: 'ioc not marketable', ticket: { timeInForce: 'ioc', type: 'limit', limit: '99' }, status: 'canceled' },
    { name: 'fok marketable', ticket: { timeInForce: 'fok' }, status: 'filled' },
    { name: 'fok not marketable', ticket: { timeInForce: 'fok', type: 'limit', limit: '99' }, status: 'canceled' },
    { name: 'day rests', ticket: { type: 'limit', limit: '99' }, status: 'new' },
    { name: 'cls rests', ticket: { timeInForce: 'cls' }, status: 'new' },
  ];
  test.each(cases)('$name', ({ ticket, status }) => {
    expect(place(openCore('100'), ticket).status).toBe(status);
  });

  test('at the close day expires, gtc stays, cls fills at the closing price', () => {
    const core = openCore('100');
    const day = place(core, { type: 'limit', limit: '90' });
    const gtc = place(core, { type: 'limit', limit: '90', timeInForce: 'gtc' });
    const cls = place(core, { timeInForce: 'cls' });
    core.price('XYZ', price('101'), at());
    core.closeSession(at(0, 16));
    expect([day, gtc, cls].map((one) => core.order(ACCOUNT, one.id)?.status)).toEqual(['expired', 'new', 'filled']);
    expect(format(core.order(ACCOUNT, cls.id)?.filledNotional ?? money('0'))).toBe('1010');
  });

  test('opg fills at the opening price only', () => {
    const core = testCore();
    const fills = place(core, { timeInForce: 'opg' });
    const misses = place(core, { timeInForce: 'opg', type: 'limit', limit: '90' });
    core.openSession(session());
    core.price('XYZ', price('95'), at(0, 9));
    expect([fills, misses].map((one) => core.order(ACCOUNT, one.id)?.status)).toEqual(['filled', 'expired']);
  });
});

describe('refusals', () => {
  const cases: readonly { name: string; ticket: Ticket; status: number; says: string; first?: Ticket }[] = [
    { name: 'unknown asset', ticket: { symbol: 'NONE' }, status: 422, says: 'not found' },
    { name: 'asset not tradable', ticket: { symbol: 'HALTED' }, status: 422, says: 'not tradable' },
    { name: 'sub-penny limit', ticket: { type: 'limit', limit: '99.001' }, status: 422, says: 'sub-penny' },
    { name: 'sub-penny stop', ticket: { type: 'stop', stop: '105.555' }, status: 422, says: 'sub-penny' },
    { name: 'finer than 0.0001 below a dollar', ticket: { type: 'limit', limit: '0.00001' }, status: 422, says: 'sub-penny' },
    { name: 'limit without a price', ticket: { type: 'limit' }, status: 422, says: 'limit_price' },
    { name: 'market with a price', ticket: { limit: '99' }, status: 422, says: 'no limit_price' },
    { name: 'half a share', ticket: { qty: '0.5' }, status: 422, says: 'not fractionable' },
    { name: 'fractional gtc', ticket: { symbol: 'FRAC', qty: '0.5', timeInForce: 'gtc' }, status: 422, says: 'DAY' },
    { name: 'fractional short', ticket: { symbol: 'FRAC', side: 'sell', qty: '0.5' }, status: 422, says: 'short' },
    { name: 'not shortable', ticket: { symbol: 'NOSHORT', side: 'sell' }, status: 403, says: 'short' },
    { name: 'ioc stop', ticket: { type: 'stop', stop: '105', timeInForce: 'ioc' }, status: 422, says: 'order type' },
    { name: 'opg in the session', ticket: { timeInForce: 'opg' }, status: 422, says: 'opg' },
    { name: 'beyond buying power', ticket: { qty: '2001' }, status: 403, says: 'buying power' },
    { name: 'short beyond buying power', ticket: { side: 'sell', qty: '1942' }, status: 403, says: 'buying power' },
    {
      name: 'more than the holding',
      first: { qty: '10' },
      ticket: { side: 'sell', qty: '11' },
      status: 403,
      says: 'requested: 11, available: 10',
    },
    { name: 'cover more than the short', first: { side: 'sell', qty: '10' }, ticket: { qty: '11' }, status: 403, says: 'insufficient qty' },
    { name: 'client id used before', first: { clientOrderId: 'a' }, ticket: { clientOrderId: 'a' }, status: 422, says: 'must be unique' },
    { name: 'client id too long', ticket: { clientOrderId: 'x'.repeat(129) }, status: 422, says: '128' },
    { name: 'extended hours market', ticket: { extendedHours: true }, status: 422, says: 'extended hours' },
  ];
  test.each(cases)('$name', ({ ticket, status, says, first }) => {
    const core = openCore('100');
    if (first !== undefined) place(core, first);
    const before = encodeState(core.state);
    const submission = core.submit(ACCOUNT, order(ticket), at());
    expect(submission.ok).toBe(false);
    if (submission.ok) return;
    expect(submission.refusal.status).toBe(status);
    expect(submission.refusal.message).toContain(says);
    expect(encodeState(core.state)).toBe(before);
  });

  test('exactly at the limit of buying power is taken', () => {
    expect(place(openCore('100'), { qty: '2000' }).status).toBe('filled');
  });

  test('sub-penny is allowed where the option says so', () => {
    expect(place(openCore('100', { penny: false }), { type: 'limit', limit: '99.12345' }).status).toBe('new');
  });

  test('what an open order holds is not for sale twice', () => {
    const core = openCore('100');
    place(core, { qty: '10' });
    const protective = place(core, { side: 'sell', type: 'stop', stop: '90', qty: '10' });
    const again = core.submit(ACCOUNT, order({ side: 'sell', qty: '10' }), at());
    expect(again.ok ? '' : again.refusal.extra).toMatchObject({ available: '0', existing_qty: '10', held_for_orders: '10' });
    core.cancel(ACCOUNT, protective.id, at());
    expect(place(core, { side: 'sell', qty: '10' }).status).toBe('filled');
    expect(core.positions(ACCOUNT)).toEqual([]);
  });

  test('open buys reserve buying power until they are over', () => {
    const core = openCore('100');
    const resting = place(core, { type: 'limit', limit: '90', qty: '1000' });
    expect(format(core.figures(ACCOUNT).buyingPower)).toBe('110000');
    core.cancel(ACCOUNT, resting.id, at());
    expect(format(core.figures(ACCOUNT).buyingPower)).toBe('200000');
  });
});

describe('wash trades', () => {
  const resting = { buyLimit: { type: 'limit', limit: '95' }, buyStop: { type: 'stop', stop: '110' } } as const;
  const cases: readonly { name: string; first: Ticket; second: Ticket; refused: boolean }[] = [
    { name: 'limit under limit', first: resting.buyLimit, second: { side: 'sell', type: 'limit', limit: '95.01' }, refused: false },
    { name: 'limit at limit', first: resting.buyLimit, second: { side: 'sell', type: 'limit', limit: '95' }, refused: true },
    { name: 'limit through limit', first: resting.buyLimit, second: { side: 'sell', type: 'limit', limit: '94' }, refused: true },
    { name: 'market against limit', first: resting.buyLimit, second: { side: 'sell' }, refused: true },
    { name: 'stop against limit', first: resting.buyLimit, second: { side: 'sell', type: 'stop', stop: '90' }, refused: true },
    { name: 'limit against stop', first: resting.buyStop, second: { side: 'sell', type: 'limit', limit: '120' }, refused: true },
    {
      name: 'stop-limit apart',
      first: resting.buyLimit,
      second: { side: 'sell', type: 'stop_limit', stop: '97', limit: '96' },
      refused: false,
    },
    { name: 'same side', first: resting.buyLimit, second: { side: 'buy' }, refused: false },
    { name: 'other symbol', first: resting.buyLimit, second: { side: 'sell', symbol: 'ABC', type: 'limit', limit: '1' }, refused: false },
  ];
  test.each(cases)('$name', ({ first, second, refused }) => {
    const core = openCore('100');
    const existing = place(core, first);
    const submission = core.submit(ACCOUNT, order(second), at());
    expect(submission.ok).toBe(!refused);
    if (!submission.ok) expect(submission.refusal).toMatchObject({ status: 403, extra: { existing_order_id: existing.id } });
  });
});

describe('cancel and replace', () => {
  test('cancel says so in two steps, once', () => {
    const core = openCore('100');
    const resting = place(core, { type: 'limit', limit: '90' });
    const cancelled = core.cancel(ACCOUNT, resting.id, at());
    expect(cancelled.ok && kinds(cancelled.events)).toEqual(['pending_cancel', 'canceled']);
    const again = core.cancel(ACCOUNT, resting.id, at());
    expect(again.ok ? 0 : again.refusal.status).toBe(422);
    const unknown = core.cancel(ACCOUNT, 'nothing', at());
    expect(unknown.ok ? 0 : unknown.refusal.status).toBe(404);
  });

  test('replace chains the two orders and keeps what was filled', () => {
    const core = openCore('100');
    const old = place(core, { type: 'limit', limit: '90', clientOrderId: 'first' });
    const replaced = core.replace(ACCOUNT, old.id, { limitPrice: price('91'), quantity: quantity('12') }, at());
    expect(replaced.ok && kinds(replaced.events)).toEqual(['pending_replace', 'replaced', 'pending_new', 'new']);
    const fresh = taken(core, replaced);
    expect(fresh.replaces).toBe(old.id);
    expect(core.order(ACCOUNT, old.id)).toMatchObject({ status: 'replaced', replacedBy: fresh.id });
    expect(format(fresh.quantity)).toBe('12');
    core.price('XYZ', price('89'), at());
    expect(core.order(ACCOUNT, fresh.id)?.status).toBe('filled');
  });

  test.each([
    { name: 'a queued order', closed: true, limit: '91', status: 422 },
    { name: 'to a sub-penny price', closed: false, limit: '91.001', status: 422 },
  ])('replace is refused for $name', ({ closed, limit, status }) => {
    const core = closed ? testCore() : openCore('100');
    const old = place(core, { type: 'limit', limit: '90' });
    const replaced = core.replace(ACCOUNT, old.id, { limitPrice: price(limit) }, at());
    expect(replaced.ok ? 0 : replaced.refusal.status).toBe(status);
    expect(core.order(ACCOUNT, old.id)?.status).toBe(old.status);
  });
});

test('commission is charged on each fill', () => {
  const core = openCore('100', { commissionRate: ratio('0.001') });
  place(core, { qty: '10' });
  place(core, { side: 'sell', qty: '10' });
  expect(format(core.figures(ACCOUNT).cash)).toBe('99998');
});

test('a snapshot goes on exactly where the original would', () => {
  const core = openCore('100', { partialFills: 7 });
  place(core, { qty: '10' });
  place(core, { type: 'limit', limit: '95', timeInForce: 'gtc' });
  const copy = new ExchangeCore(core.options, decodeState(encodeState(core.state)) as ExchangeState);
  const go = (one: ExchangeCore) => {
    const events = [...one.price('XYZ', price('94'), at()), ...one.closeSession(at(0, 16)), ...one.openSession(session(1))];
    return encodeState([events, one.state]);
  };
  expect(go(copy)).toBe(go(core));
});

test('a state that was written before sessions, families and settings were kept goes on as it was', () => {
  const core = openCore('100');
  place(core, { type: 'limit', limit: '95', timeInForce: 'gtc' });
  const { phase: _1, halts: _2, resumed: _3, assets: _4, corporateActions: _5, delayed: _6, accounts, ...kept } = core.state;
  const older = new Map([...accounts].map(([id, { settings: _7, families: _8, entries: _9, history: _10, ...account }]) => [id, account]));
  const copy = new ExchangeCore(core.options, completed(decodeState(encodeState({ ...kept, accounts: older })) as HeldState));
  expect(kinds(copy.price('XYZ', price('94'), at()))).toEqual(['fill']);
  expect(copy.account(ACCOUNT).settings.status).toBe('ACTIVE');
});
