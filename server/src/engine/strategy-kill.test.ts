import { describe, expect, test } from 'vitest';
import { newProposal } from '../approvals/proposal.ts';
import type { Change } from '../approvals/proposal.ts';
import { format, price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../risk/limits.ts';
import type { KillAction } from './events.ts';
import { accountKillPreview, strategyKillPreview } from './kill-preview.ts';
import type { StrategySlot } from './state.ts';
import { held, NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const kill = (desk: Desk, action: KillAction, reason = 'it misbehaves'): void =>
  desk.give({ kind: 'StrategyKillEngaged', at: desk.state.now, by: 'user:ada', strategyId: 's1', action, reason });
const submitted = (desk: Desk): readonly string[] =>
  desk.last.flatMap((effect) => (effect.kind === 'SubmitOrder' ? [effect.order.intent.id] : []));
const cancelled = (desk: Desk): readonly string[] => desk.last.flatMap((effect) => (effect.kind === 'CancelOrder' ? [effect.orderId] : []));
const slotOf = (desk: Desk): StrategySlot => {
  const slot = desk.state.strategies.get('s1');
  if (slot === undefined) throw new Error('Invariant: the desk has a strategy');
  return slot;
};
const newest = (desk: Desk): string => [...desk.state.orders.keys()].at(-1) ?? '';
/** The strategy holds 10, and the account 100 of its own. */
function openHolding(): Desk {
  const desk = openDesk();
  desk.hold('100');
  desk.decide(1, 101, 1);
  const entry = newest(desk);
  desk.says(entry, { event: 'fill', filled: '10', execution: ['10', '101', 'e1'] });
  desk.give({ kind: 'SessionOpened', at: desk.state.now, date: '2024-03-05' });
  return desk;
}

describe('a program', () => {
  const byProgram = (desk: Desk, action: KillAction): void =>
    desk.give({ kind: 'StrategyKillEngaged', at: desk.state.now, by: 'agent:a', strategyId: 's1', action, reason: 'sell', program: true });
  const left = ({ state: { brakes, closing, orders, strategies } }: Desk) => ({ brakes, closing, orders: [...orders.keys()], strategies });

  test.each([
    { name: 'sells nothing that a person has frozen', first: 'freeze', later: 'flatten' },
    { name: 'ends nothing that a person is having closed', first: 'flatten', later: 'freeze' },
    { name: 'begins nothing anew that a person is having closed', first: 'flatten', later: 'flatten' },
  ] as const)('$name, and people hear of it', ({ first, later }) => {
    const desk = openHolding();
    kill(desk, first);
    const before = left(desk);
    byProgram(desk, later);
    expect(left(desk)).toEqual(before);
    expect([...desk.state.alerts.values()].map(({ code }) => code)).toContain('KillSwitchRefused');
  });

  test.each(['freeze', 'flatten'] as const)('stops what still trades: %s', (action) => {
    const desk = openHolding();
    byProgram(desk, action);
    expect([slotOf(desk).state, submitted(desk).length]).toEqual(['paused', action === 'flatten' ? 1 : 0]);
    // Its own flatten it may turn into a freeze.
    byProgram(desk, 'freeze');
    expect([...desk.state.alerts.values()].map(({ code }) => code)).not.toContain('KillSwitchRefused');
  });
});

describe('the kill switch of a strategy', () => {
  test('closes its gate first, then cancels its own orders, in one step, and leaves those of others', () => {
    const desk = openDesk();
    desk.ticket('mine', { limitPrice: price('90') });
    desk.says('mine', { event: 'new' });
    desk.decide(1, 101, 1);
    const own = newest(desk);
    desk.says(own, { event: 'new' });
    kill(desk, 'freeze');
    expect(desk.kinds()[0]).toBe('BrakePut');
    expect(cancelled(desk)).toEqual([own]);
    expect(slotOf(desk)).toMatchObject({ state: 'paused', pausedBecause: 'kill switch: it misbehaves' });
    expect(desk.state.tradingState).toBe('ACTIVE');
    expect([...desk.state.alerts.values()].find(({ code }) => code === 'StrategyKill')).toMatchObject({ severity: 'critical' });
    desk.ticket('other', { limitPrice: price('91') });
    expect(desk.order('other').state).toBe('approved');
  });

  test('frozen it keeps what it holds; flattened it closes its own part of the position and no more', () => {
    const frozen = openHolding();
    kill(frozen, 'freeze');
    expect([submitted(frozen), format(held(frozen) ?? quantity('0'))]).toEqual([[], '110']);

    const desk = openHolding();
    kill(desk, 'flatten');
    const [close = ''] = submitted(desk);
    expect(desk.order(close).intent).toMatchObject({ side: 'sell', quantity: quantity('10'), type: 'market', reduceOnly: true });
    desk.says(close, { event: 'fill', filled: '10', execution: ['10', '99', 'x1'], at: 90_000_000 });
    expect([held(desk, 's1'), format(held(desk) ?? quantity('0')), desk.state.closing.size]).toEqual([undefined, '100', 0]);
    expect(submitted(desk)).toEqual([]);
  });

  test('closes once, however often something happens meanwhile, and again what was refused', () => {
    const desk = openHolding();
    kill(desk, 'flatten');
    const [close = ''] = submitted(desk);
    desk.mark('100.5');
    desk.reconcile();
    desk.mark('100.6');
    expect(desk.effects.filter((effect) => effect.kind === 'SubmitOrder' && effect.order.intent.id.startsWith('kill-'))).toHaveLength(1);
    desk.says(close, { event: 'rejected', at: 90_000_000 });
    desk.give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + 60_000) });
    desk.mark('100.7');
    desk.ticket('poke', { limitPrice: price('80') });
    // A buy that rests is in the way of a sale: it ends first.
    desk.says('poke', { event: 'canceled', at: 90_070_000 });
    expect(desk.effects.filter((effect) => effect.kind === 'SubmitOrder' && effect.order.intent.id.startsWith('kill-'))).toHaveLength(2);
  });

  test('closes what an order in flight brought it afterwards', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    const entry = newest(desk);
    desk.give({ kind: 'SessionOpened', at: desk.state.now, date: '2024-03-05' });
    kill(desk, 'flatten');
    expect(desk.state.closing.size).toBe(1);
    desk.says(entry, { event: 'fill', filled: '10', execution: ['10', '101', 'e1'], at: 90_000_000 });
    const [close = ''] = submitted(desk);
    expect(desk.order(close).intent).toMatchObject({ side: 'sell', quantity: quantity('10') });
  });

  test('while the market is closed nothing is sent; the next open sends it', () => {
    const desk = openHolding();
    desk.give({ kind: 'SessionClosed', at: desk.state.now, date: '2024-03-05' });
    kill(desk, 'flatten');
    expect(submitted(desk)).toEqual([]);
    expect(desk.state.alerts.has('FlattenWaits-s1')).toBe(true);
    desk.give({ kind: 'SessionOpened', at: instantFromMs(NOON + 3 * 86_400_000), date: '2024-03-07' });
    expect(submitted(desk)).toHaveLength(1);
    expect(desk.state.alerts.has('FlattenWaits-s1')).toBe(false);
  });

  test('does not open a position of the account against others', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    desk.says(newest(desk), { event: 'fill', filled: '10', execution: ['10', '101', 'e1'] });
    desk.ticket('against', {
      side: 'sell',
      quantity: quantity('10'),
      limitPrice: price('95'),
      origin: { kind: 'strategy', strategyId: 's2', version: 'v1' },
    });
    desk.says('against', { event: 'fill', filled: '10', execution: ['10', '101', 'e2'] });
    desk.give({ kind: 'SessionOpened', at: desk.state.now, date: '2024-03-05' });
    kill(desk, 'flatten');
    expect(submitted(desk)).toEqual([]);
    expect(desk.state.alerts.has('StrategyCloseImpossible-s1-ALDR')).toBe(true);
    expect(strategyKillPreview(desk.state, slotOf(desk)).flattens[0]?.problems).toHaveLength(1);
  });

  test('is let go by two people, and then enabled', () => {
    const desk = openDesk(DEFAULT_LIMITS);
    desk.give({ kind: 'SecondPersonRequired', at: desk.state.now });
    kill(desk, 'freeze');
    const enable = (): void => desk.give({ kind: 'StrategyEnabled', at: desk.state.now, by: 'user:ada', strategyId: 's1' });
    enable();
    const scope = { kind: 'strategy', strategyId: 's1' } as const;
    desk.give({ kind: 'BrakeReleased', at: desk.state.now, by: 'user:ada', code: 'StrategyKill', scope, reason: 'alone' });
    expect([slotOf(desk).state, desk.state.brakes.size]).toEqual(['paused', 1]);
    const change: Change = { kind: 'resume', strategyId: 's1', because: 'user:ada: it misbehaves' };
    const proposal = newProposal({ change, reason: 'mended', by: 'user:ann', person: 'ann', proposedAt: NOON });
    desk.give({ kind: 'ChangeProposed', at: desk.state.now, by: 'user:ann', proposal });
    const bob = { by: 'user:bob', person: 'bob', role: 'risk_officer', confirmedAt: NOON, decidedAt: NOON } as const;
    desk.give({ kind: 'ChangeApproved', at: desk.state.now, proposalId: proposal.id, hash: proposal.hash, ...bob });
    expect(desk.kinds()).toEqual(['ProposalChanged', 'AlertClosed', 'BrakeLifted', 'AlertClosed']);
    enable();
    expect(slotOf(desk).state).toBe('paper');
  });

  test('a proposal to release it is worth nothing when it was stopped again since', () => {
    const desk = openDesk(DEFAULT_LIMITS);
    const change: Change = { kind: 'resume', strategyId: 's1', because: 'user:ada: something else' };
    kill(desk, 'freeze');
    const proposal = newProposal({ change, reason: 'mended', by: 'user:ann', person: 'ann', proposedAt: NOON });
    desk.give({ kind: 'ChangeProposed', at: desk.state.now, by: 'user:ann', proposal });
    expect(desk.state.proposals.size).toBe(0);
  });
});

describe('the preview', () => {
  test('of the account names exactly the orders that flattening then makes', () => {
    const desk = openDesk();
    desk.hold('100');
    desk.ticket('rest', { side: 'sell', limitPrice: price('120'), quantity: quantity('40') });
    desk.says('rest', { event: 'new' });
    const preview = accountKillPreview(desk.state);
    expect(preview.cancels.map(({ id }) => id)).toEqual(['rest']);
    expect(preview.flattens).toMatchObject([
      {
        intent: { symbol: 'ALDR', side: 'sell', quantity: quantity('100'), type: 'market' },
        after: 1,
        problems: [],
        collarPrice: price('90'),
      },
    ]);
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: 'flatten', reason: 'drill' });
    expect(cancelled(desk)).toEqual(['rest']);
    desk.says('rest', { event: 'canceled', at: 10 });
    const [sent = ''] = submitted(desk);
    const { symbol, side, quantity: size, type, timeInForce, reduceOnly } = desk.order(sent).intent;
    expect(preview.flattens[0]?.intent).toMatchObject({ symbol, side, quantity: size, type, timeInForce, reduceOnly });
  });

  test('of a strategy names its own orders and its own part of the position', () => {
    const desk = openHolding();
    const preview = strategyKillPreview(desk.state, slotOf(desk));
    expect(preview.flattens).toMatchObject([{ intent: { side: 'sell', quantity: quantity('10') }, after: 0, problems: [] }]);
    kill(desk, 'flatten');
    const { symbol, side, quantity: size, type } = desk.order(submitted(desk)[0] ?? '').intent;
    expect(preview.flattens[0]?.intent).toMatchObject({ symbol, side, quantity: size, type });
  });

  test('says when closing orders would be sent while the market is closed', () => {
    const desk = openDesk();
    desk.give({ kind: 'SessionClosed', at: instantFromMs(Date.UTC(2024, 2, 4, 21)), date: '2024-03-04' });
    const { sentAt, note, marketOpen } = accountKillPreview(desk.state);
    expect([marketOpen, sentAt]).toEqual([false, Date.UTC(2024, 2, 5, 14, 30)]);
    expect(note).toMatch(/^The market is closed/);
  });
});

describe('a list of symbols, and the limit of one strategy', () => {
  const restrict = (desk: Desk, list: 'denied' | 'allowed' | 'excepted', ...symbols: readonly string[]): void =>
    desk.give({ kind: 'SymbolsRestricted', at: desk.state.now, by: 'user:ann', list, symbols, reason: 'why' });
  function openPair(): Desk {
    const desk = openDesk(UNLIMITED);
    restrict(desk, 'denied', 'AAA');
    restrict(desk, 'allowed', 'ALDR', 'BBB');
    restrict(desk, 'excepted', 'CCC');
    desk.give({ kind: 'SecondPersonRequired', at: desk.state.now });
    return desk;
  }

  test.each([
    ['denied', ['AAA', 'ZZZ'], true],
    ['denied', [], false],
    ['denied', ['ZZZ'], false],
    ['allowed', ['ALDR'], true],
    ['allowed', ['ALDR', 'BBB', 'DDD'], false],
    ['allowed', [], false],
    ['excepted', [], true],
    ['excepted', ['CCC', 'DDD'], false],
  ] as const)('%s: %j by one person alone: %s', (list, symbols, taken) => {
    const desk = openPair();
    const before = desk.state.restrictions[list];
    restrict(desk, list, ...symbols);
    expect(desk.state.restrictions[list]).toEqual(taken ? symbols : before);
    expect(desk.kinds()).toEqual(taken ? [] : ['AlertRaised']);
  });

  const approve = (desk: Desk, change: Change): void => {
    const proposal = newProposal({ change, reason: 'why', by: 'user:ann', person: 'ann', proposedAt: NOON });
    desk.give({ kind: 'ChangeProposed', at: desk.state.now, by: 'user:ann', proposal });
    const bob = { by: 'user:bob', person: 'bob', role: 'risk_officer', confirmedAt: NOON, decidedAt: NOON } as const;
    desk.give({ kind: 'ChangeApproved', at: desk.state.now, proposalId: proposal.id, hash: proposal.hash, ...bob });
  };

  test('lets more through by two people, and only from what it was', () => {
    const desk = openPair();
    approve(desk, { kind: 'symbols', list: 'denied', from: ['YYY'], to: [] });
    expect(desk.state.restrictions.denied).toEqual(['AAA']);
    approve(desk, { kind: 'symbols', list: 'denied', from: ['AAA'], to: [] });
    expect(desk.state.restrictions.denied).toEqual([]);
  });

  test('a layer is loosened by two people, and the account’s limit stays', () => {
    const desk = openDesk(DEFAULT_LIMITS);
    desk.give({ kind: 'SecondPersonRequired', at: desk.state.now });
    const who = 'strategy:s1';
    const set = (value: string): void =>
      desk.give({ kind: 'LimitSet', at: desk.state.now, by: 'user:ann', who, name: 'openPositionsMax', value, reason: 'why' });
    set('5');
    set('6');
    expect(desk.state.layers.get(who)?.get('openPositionsMax')).toBe(5);
    approve(desk, { kind: 'limit', name: 'openPositionsMax', from: '20', to: '30', who });
    expect(desk.state.layers.get(who)?.get('openPositionsMax')).toBe(5);
    approve(desk, { kind: 'limit', name: 'openPositionsMax', from: '5', to: '6', who });
    expect([desk.state.layers.get(who)?.get('openPositionsMax'), desk.state.limits.openPositionsMax]).toEqual([6, 20]);
    expect(desk.last.at(-1)).toMatchObject({ kind: 'LimitChanged', who, from: '5', to: '6', by: 'user:ann' });
  });
});
