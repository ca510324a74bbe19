import { describe, expect, test } from 'vitest';
import { format, price, quantity, ratio } from '../../money/fixed.ts';
import type { ExchangeCore } from './core.ts';
import { ACCOUNT, at, kinds, openCore, order, place, session, testCore } from './testing.ts';
import type { Ticket } from './testing.ts';
import type { VenueOrder } from './types.ts';

const BRACKET: Ticket = { orderClass: 'bracket', timeInForce: 'gtc', profit: '110', loss: '95' };

function family(core: ExchangeCore, head: VenueOrder): readonly VenueOrder[] {
  const { head: id, legs } = core.account(ACCOUNT).families.get(head.familyId ?? '') ?? { head: '', legs: [] };
  return [id, ...legs].map((one) => core.order(ACCOUNT, one) ?? head);
}
const statuses = (core: ExchangeCore, head: VenueOrder): readonly string[] => family(core, head).map(({ status }) => status);
const move = (core: ExchangeCore, ...levels: readonly string[]): readonly string[] =>
  levels.flatMap((level) => kinds(core.price('XYZ', price(level), at())));

describe('a bracket', () => {
  test('keeps its legs held until the entry is whole, then the take-profit works and the stop stays with the broker', () => {
    const core = openCore('100', { participation: ratio('1') });
    core.price('XYZ', price('100'), at(), 'gap', quantity('4'));
    const head = place(core, { ...BRACKET, type: 'limit', limit: '100' });
    expect(head.status).toBe('partially_filled');
    expect(statuses(core, head)).toEqual(['partially_filled', 'held', 'held']);
    core.price('XYZ', price('112'), at(), 'gap', quantity('100'));
    expect(statuses(core, head)).toEqual(['partially_filled', 'held', 'held']);
    core.price('XYZ', price('100'), at(), 'path', quantity('100'));
    expect(statuses(core, head)).toEqual(['filled', 'new', 'held']);
  });

  test('take-profit filled: the stop is cancelled, and the stream does not tell of it', () => {
    const core = openCore('100');
    const head = place(core, BRACKET);
    expect(statuses(core, head)).toEqual(['filled', 'new', 'held']);
    expect(move(core, '111')).toEqual(['fill']);
    expect(statuses(core, head)).toEqual(['filled', 'filled', 'canceled']);
    expect(core.positions(ACCOUNT)).toEqual([]);
  });

  test('with all events told, the cancel of the stop is heard', () => {
    const core = openCore('100', { legEvents: true });
    place(core, BRACKET);
    expect(move(core, '111')).toEqual(['fill', 'canceled']);
  });

  test('stop touched: it goes to the market, the take-profit shows replaced', () => {
    const core = openCore('100');
    const head = place(core, BRACKET);
    expect(move(core, '94')).toEqual(['replaced', 'new', 'fill']);
    expect(statuses(core, head)).toEqual(['filled', 'replaced', 'filled']);
    expect(format(core.figures(ACCOUNT).cash)).toBe('99950');
  });

  test('partial take-profit leaves the stop the rest', () => {
    const core = openCore('100', { participation: ratio('1') });
    core.price('XYZ', price('100'), at(), 'gap', quantity('100'));
    const head = place(core, BRACKET);
    core.price('XYZ', price('110'), at(), 'path', quantity('4'));
    const [, profit, loss] = family(core, head);
    expect([profit?.status, profit && format(profit.filledQuantity)]).toEqual(['partially_filled', '4']);
    expect([loss?.status, loss && format(loss.quantity)]).toEqual(['held', '6']);
    core.price('XYZ', price('90'), at(), 'path', quantity('100'));
    expect(core.positions(ACCOUNT)).toEqual([]);
    expect(core.account(ACCOUNT).open.size).toBe(0);
  });

  test.each([0, 1, 2])('cancelling member %i cancels all that remain', (nth) => {
    const core = openCore('100');
    const head = place(core, { ...BRACKET, type: 'limit', limit: '98' });
    const member = family(core, head)[nth];
    expect(core.cancel(ACCOUNT, member?.id ?? '', at()).ok).toBe(true);
    expect(statuses(core, head)).toEqual(['canceled', 'canceled', 'canceled']);
  });

  test('an entry that ends partly filled takes its legs with it', () => {
    const core = openCore('100', { participation: ratio('1') });
    core.price('XYZ', price('100'), at(), 'gap', quantity('4'));
    const head = place(core, { ...BRACKET, timeInForce: 'day', type: 'limit', limit: '100' });
    core.closeSession(at(0, 16));
    expect(statuses(core, head)).toEqual(['expired', 'expired', 'expired']);
  });

  test('legs are replaced in their prices, and keep their place in the family', () => {
    const core = openCore('100');
    const head = place(core, BRACKET);
    const [, profit, loss] = family(core, head);
    const raised = core.replace(ACCOUNT, loss?.id ?? '', { stopPrice: price('99') }, at());
    expect(raised.ok && raised.order.status).toBe('held');
    expect(core.order(ACCOUNT, loss?.id ?? '')?.status).toBe('replaced');
    const lowered = core.replace(ACCOUNT, profit?.id ?? '', { limitPrice: price('105') }, at());
    expect(lowered.ok).toBe(true);
    expect(core.replace(ACCOUNT, profit?.id ?? '', { quantity: quantity('5') }, at())).toMatchObject({ ok: false });
    expect(move(core, '98.5')).toEqual(['replaced', 'new', 'fill']);
    expect(core.account(ACCOUNT).open.size).toBe(0);
  });

  test('sent while closed, its entry is queued and its legs wait', () => {
    const core = testCore();
    const head = place(core, BRACKET);
    expect(statuses(core, head)).toEqual(['accepted', 'held', 'held']);
    core.openSession(session(1));
    core.price('XYZ', price('100'), at(1));
    expect(statuses(core, head)).toEqual(['filled', 'new', 'held']);
  });

  test('held legs of an unfilled entry keep no shares from being sold', () => {
    const core = openCore('100');
    place(core, { qty: '5' });
    place(core, { ...BRACKET, type: 'limit', limit: '90', loss: '80' });
    expect(format(core.availableQuantity(ACCOUNT, 'XYZ'))).toBe('5');
  });
});

describe('one cancels the other', () => {
  const oco: Ticket = { side: 'sell', orderClass: 'oco', type: 'limit', timeInForce: 'gtc', limit: '110', profit: '110', loss: '95' };

  test('holds the shares once, fills one side, cancels the other', () => {
    const core = openCore('100');
    place(core, { qty: '10' });
    const head = place(core, oco);
    expect(statuses(core, head)).toEqual(['new', 'held']);
    expect(format(core.availableQuantity(ACCOUNT, 'XYZ'))).toBe('0');
    const more = core.submit(ACCOUNT, order({ side: 'sell', qty: '1', type: 'limit', limit: '120' }), at());
    expect(more).toMatchObject({
      ok: false,
      refusal: { status: 403, extra: { available: '0', held_for_orders: '10', related_orders: [head.id] } },
    });
    move(core, '94');
    expect(statuses(core, head)).toEqual(['replaced', 'filled']);
  });

  test('closes what is there and opens nothing', () => {
    expect(openCore('100').submit(ACCOUNT, order(oco), at())).toMatchObject({
      ok: false,
      refusal: { message: 'oco orders must be exit orders' },
    });
  });
});

describe('one triggers the other', () => {
  test.each([
    { name: 'a stop', exits: { loss: '95' }, level: '94', cash: '99950' },
    { name: 'a take-profit', exits: { profit: '105' }, level: '106', cash: '100050' },
    { name: 'a stop with a limit', exits: { loss: '95/94' }, level: '94.5', cash: '99950' },
  ])('$name works as soon as the entry is filled', ({ exits, level, cash }) => {
    const core = openCore('100');
    const head = place(core, { orderClass: 'oto', timeInForce: 'gtc', ...exits });
    expect(statuses(core, head)).toEqual(['filled', 'new']);
    move(core, level);
    expect(statuses(core, head)).toEqual(['filled', 'filled']);
    expect(format(core.figures(ACCOUNT).cash)).toBe(cash);
  });
});

describe('classes that are refused', () => {
  const cases: readonly { name: string; ticket: Ticket; says: string }[] = [
    { name: 'a bracket without a stop', ticket: { orderClass: 'bracket', profit: '110' }, says: 'require stop_loss.stop_price' },
    { name: 'a bracket without a profit', ticket: { orderClass: 'bracket', loss: '90' }, says: 'require take_profit.limit_price' },
    { name: 'exits of a simple order', ticket: { profit: '110' }, says: 'need an order_class' },
    { name: 'profit below stop', ticket: { orderClass: 'bracket', profit: '94', loss: '95' }, says: '> stop_loss.stop_price' },
    { name: 'profit at the stop', ticket: { orderClass: 'bracket', profit: '95', loss: '95' }, says: '> stop_loss.stop_price' },
    { name: 'stop at the market', ticket: { orderClass: 'bracket', profit: '110', loss: '100' }, says: 'base_price - 0.01' },
    {
      name: 'stop at the limit',
      ticket: { orderClass: 'bracket', type: 'limit', limit: '98', profit: '110', loss: '98' },
      says: 'base_price - 0.01',
    },
    { name: 'stop of a short at the market', ticket: { side: 'sell', orderClass: 'oto', loss: '100' }, says: 'base_price + 0.01' },
    { name: 'two exits of an oto', ticket: { orderClass: 'oto', profit: '110', loss: '95' }, says: 'exactly one' },
    { name: 'no exit of an oto', ticket: { orderClass: 'oto' }, says: 'exactly one' },
    { name: 'an oco at the market', ticket: { orderClass: 'oco', profit: '110', loss: '95' }, says: 'must be limit orders' },
    { name: 'immediate', ticket: { ...BRACKET, timeInForce: 'ioc' }, says: 'DAY or GTC' },
    { name: 'extended hours', ticket: { ...BRACKET, type: 'limit', limit: '100', extendedHours: true }, says: 'simple orders' },
    { name: 'parts of a share', ticket: { ...BRACKET, symbol: 'FRAC', qty: '1.5' }, says: 'must be simple' },
    { name: 'a sub-penny exit', ticket: { ...BRACKET, profit: '110.001' }, says: 'take_profit.limit_price 110.001' },
    { name: 'a trailing entry', ticket: { ...BRACKET, type: 'trailing_stop', trail: '1' }, says: 'trailing_stop' },
  ];
  test.each(cases)('$name', ({ ticket, says }) => {
    const result = openCore('100').submit(ACCOUNT, order(ticket), at());
    expect(result.ok ? 'taken' : result.refusal.message).toContain(says);
  });

  test('one cent beyond the base is taken', () => {
    expect(openCore('100').submit(ACCOUNT, order({ orderClass: 'bracket', profit: '110', loss: '99.99' }), at()).ok).toBe(true);
  });
});

test('members of a family do not meet the wash-trade table', () => {
  const core = openCore('100');
  place(core, BRACKET);
  expect(core.submit(ACCOUNT, order({ type: 'limit', limit: '111' }), at()).ok).toBe(true);
});
