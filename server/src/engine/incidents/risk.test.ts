import { afterEach, describe, expect, test } from 'vitest';
import { price, quantity, ratio } from '../../money/fixed.ts';
import type { OrderIntent } from '../../orders/order.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../../risk/limits.ts';
import { LIMIT_DEFINITIONS } from '../../risk/limit-definitions.ts';
import type { Limits } from '../../risk/limits.ts';
import { NOON, openDesk } from '../test/desk.ts';
import type { Desk } from '../test/desk.ts';
import { becomes, booksAgree, closeExchangeWorlds, openExchangeWorld } from '../test/exchange-world.ts';

afterEach(closeExchangeWorlds);

const MARKET = { type: 'market', timeInForce: 'day' } as const;

/** Only what is reckoned from the account's own figures; each lets the order of the tests through. */
const OF_THE_ACCOUNT: Limits = Object.freeze({
  ...UNLIMITED,
  orderNotionalRatioMax: ratio('0.5'),
  concentrationRatioMax: ratio('0.5'),
  grossExposureRatioMax: ratio('0.5'),
  buyingPowerRatioMax: ratio('0.9'),
});
const NEED_THE_ACCOUNT = ['BuyingPower', 'Concentration', 'GrossExposure', 'OrderNotional'];

describe('nautilus 4011, 4946: the risk check was skipped where the account was missing', () => {
  test.each([
    { name: 'the account cannot be asked for', armed: { kind: 'error-json', method: 'GET', path: '/v2/account', rate: 1 } },
    { name: 'its equity is not told', armed: { kind: 'missing-fields', fields: ['equity'], path: '/v2/account', rate: 1 } },
    { name: 'its positions cannot be asked for', armed: { kind: 'error-empty', method: 'GET', path: '/v2/positions', rate: 1 } },
    { name: 'the order stream is refused', armed: { kind: 'refuse-upgrade', rate: 1 } },
  ])('$name: every entry is denied, by every control that needs it, until it is there', async ({ armed }) => {
    const world = await openExchangeWorld({ session: { limits: OF_THE_ACCOUNT }, armed: [armed] });
    await world.ticket('unknown-account', MARKET);
    expect(world.order('unknown-account').state).toBe('denied');
    const codes = world.order('unknown-account').decision.denials.map(({ code }) => code);
    expect(codes.toSorted()).toEqual(NEED_THE_ACCOUNT);
    expect(world.posts()).toBe(0);
    await world.simulator.disarm();
    await becomes(() => expect(world.session.state()).toMatchObject({ reconciled: true, brokerConnected: true }));
    await world.ticket('known-account', MARKET);
    await becomes(() => expect(world.order('known-account').state).toBe('filled'));
    await booksAgree(world);
  });

  test('the broker blocks the account while trading: the next entry is denied here, and people hear of it', async () => {
    const world = await openExchangeWorld({ session: { limits: OF_THE_ACCOUNT } });
    await world.simulator.steer('account', { kind: 'settings', change: { tradingBlocked: true } });
    await becomes(() => expect(world.session.state().alerts.has('AccountBlocked-account')).toBe(true));
    await world.ticket('blocked', MARKET);
    expect(world.order('blocked').state).toBe('denied');
    expect(world.posts()).toBe(0);
  });
});

/** The tightest value there is. */
const nothingAllowed = ({ unit, looser }: (typeof LIMIT_DEFINITIONS)[number]): bigint | number => {
  const whole = unit === 'count' || unit === 'ms';
  if (looser === 'higher') return whole ? 0 : 0n;
  return whole ? Number.MAX_SAFE_INTEGER : 10n ** 30n;
};

const holding = (limits: Limits): Desk => {
  const desk = openDesk();
  desk.hold('100');
  desk.state = { ...desk.state, limits };
  return desk;
};

const EXIT: Partial<OrderIntent> = { side: 'sell', limitPrice: price('99'), timeInForce: 'day' };

describe('nautilus 2986, 3256, 4746: exits were denied', () => {
  const LIMITS = LIMIT_DEFINITIONS.map((definition) => ({ name: definition.name, tightest: nothingAllowed(definition) }));

  test.each(LIMITS)('$name at its tightest lets the exit of a position through', ({ name, tightest }) => {
    const desk = holding({ ...DEFAULT_LIMITS, [name]: tightest });
    desk.ticket('plain', EXIT);
    expect(desk.order('plain').decision.denials).toEqual([]);
    const other = holding({ ...DEFAULT_LIMITS, [name]: tightest });
    other.ticket('reduce-only', { ...EXIT, reduceOnly: true });
    expect(other.order('reduce-only').decision.denials).toEqual([]);
  });

  test.each([
    { name: 'the broker is not connected', happen: (desk: Desk) => desk.give({ kind: 'BrokerDisconnected', at: NOON, reason: 'gone' }) },
    { name: 'the account is blocked for entries', happen: (desk: Desk) => desk.reconcile(undefined, [], { tradable: false }) },
    { name: 'the record could not be read', happen: (desk: Desk) => desk.give({ kind: 'StateUnreadable', at: NOON, reason: 'torn' }) },
    {
      name: 'positions differ',
      happen: (desk: Desk) => {
        for (const _sight of [1, 2]) desk.reconcile([{ symbol: 'ALDR', quantity: quantity('90'), averagePrice: price('100') }]);
      },
    },
    {
      name: 'another order is in doubt',
      happen: (desk: Desk) => {
        desk.ticket('doubt', { limitPrice: price('90') });
        desk.give({ kind: 'OrderOutcomeUnknown', at: NOON, orderId: 'doubt', message: 'timed out' });
      },
    },
    {
      name: 'every breaker of the day has tripped',
      happen: (desk: Desk) => {
        desk.mark('96.5');
        desk.mark('99');
      },
    },
  ])('$name: an entry is denied, and the exit passes', ({ happen }) => {
    const desk = holding({ ...DEFAULT_LIMITS, dailyLossHalfRatioMax: ratio('0.001'), dailyLossOffRatioMax: ratio('0.002') });
    happen(desk);
    desk.ticket('entry');
    expect(desk.order('entry').state).toBe('denied');
    desk.ticket('exit', EXIT);
    expect(desk.order('exit').decision.denials).toEqual([]);
    expect(desk.last).toContainEqual(expect.objectContaining({ kind: 'SubmitOrder' }));
  });

  test('with the account and the stream gone, a position is sold at the exchange', async () => {
    const world = await openExchangeWorld({ session: { limits: OF_THE_ACCOUNT } });
    await world.ticket('entry', MARKET);
    await becomes(() => expect(world.order('entry').state).toBe('filled'));
    await world.arm({ kind: 'error-json', method: 'GET', path: '/v2/account', rate: 1 }, { kind: 'refuse-upgrade', rate: 1 });
    await world.simulator.steer('streams', { action: 'close' });
    await becomes(() => expect(world.session.state().brokerConnected).toBe(false));
    await world.ticket('more', MARKET);
    expect(world.order('more').state).toBe('denied');
    await world.ticket('exit', { ...MARKET, side: 'sell', reduceOnly: true });
    await becomes(async () =>
      expect(await world.theirs()).toMatchObject([{ client_order_id: 'entry' }, { client_order_id: 'exit', status: 'filled' }]),
    );
    await world.simulator.disarm();
    await booksAgree(world);
  });
});
