import { describe, expect, test } from 'vitest';
import { format, money, price, quantity, ratio } from '../../money/fixed.ts';
import { regulatoryFees, roundedUp } from './fees.ts';
import { ACCOUNT, at, order, place, session, testCore } from './testing.ts';

const realistic = { participation: ratio('0.1'), regulatoryFees: true };

function offering(size: string) {
  const core = testCore(realistic);
  core.openSession(session());
  core.price('XYZ', price('100'), at(), 'gap', quantity(size));
  return core;
}

describe('fills bounded by volume', () => {
  test('an order takes what is offered, and the rest at the next prices', () => {
    const core = offering('30');
    const large = place(core, { qty: '70' });
    expect([large.status, format(large.filledQuantity)]).toEqual(['partially_filled', '30']);
    core.price('XYZ', price('101'), at(), 'path', quantity('25.9'));
    core.price('XYZ', price('102'), at(), 'path', quantity('100'));
    const fills = core
      .account(ACCOUNT)
      .executions.map((fill) => [format(fill.quantity), format(fill.price), format(fill.leaves), fill.kind]);
    expect(fills).toEqual([
      ['30', '100', '40', 'partial_fill'],
      ['25', '100', '15', 'partial_fill'],
      ['15', '101', '0', 'fill'],
    ]);
  });

  test('later orders find what earlier ones left', () => {
    const core = offering('30');
    expect(place(core, { qty: '20' }).status).toBe('filled');
    expect(format(place(core, { qty: '20' }).filledQuantity)).toBe('10');
    expect(format(place(core, { qty: '20' }).filledQuantity)).toBe('0');
  });

  test('fok needs all of it, ioc takes its part', () => {
    const core = offering('30');
    expect(place(core, { qty: '31', timeInForce: 'fok' })).toMatchObject({ status: 'canceled', filledQuantity: 0n });
    const part = place(core, { qty: '31', timeInForce: 'ioc' });
    expect([part.status, format(part.filledQuantity)]).toEqual(['canceled', '30']);
  });

  test('what is left of a day order expires with its fills kept', () => {
    const core = offering('30');
    const large = place(core, { qty: '70' });
    core.closeSession(at(0, 16));
    expect(core.order(ACCOUNT, large.id)).toMatchObject({ status: 'expired', filledQuantity: quantity('30') });
  });
});

describe('regulatory fees', () => {
  test.each([
    { side: 'buy', size: '1000', at: '100', fee: '0.003' },
    { side: 'sell', size: '1000', at: '100', fee: '2.258' },
    { side: 'sell', size: '1000000', at: '1', fee: '33.39' },
  ] as const)('$side $size at $at', ({ side, size, at: level, fee }) => {
    expect(format(regulatoryFees(side, quantity(size), price(level)))).toBe(fee);
  });

  test.each([
    ['0', '0'],
    ['0.000000001', '0.01'],
    ['0.01', '0.01'],
    ['2.258', '2.26'],
  ])('%s is charged as %s', (amount, charged) => {
    expect(format(roundedUp(money(amount)))).toBe(charged);
  });

  test('are charged once, at the close', () => {
    const core = offering('5000');
    place(core, { qty: '1000' });
    core.submit(ACCOUNT, order({ side: 'sell', qty: '1000' }), at());
    expect(format(core.figures(ACCOUNT).cash)).toBe('100000');
    core.closeSession(at(0, 16));
    const account = core.account(ACCOUNT);
    expect([format(account.cash), format(account.accruedFees), account.charges.length]).toEqual(['99997.73', '0', 1]);
    expect(format(account.lastEquity)).toBe('99997.73');
  });
});
