import { describe, expect, test } from 'vitest';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../risk/limits.ts';
import type { Limits } from '../risk/limits.ts';
import type { EngineEvent } from './events.ts';
import { initialState } from './initial-state.ts';
import { plainState } from './plain-state.ts';
import { step } from './step.ts';
import { ALDER, NOON, openDesk, STRATEGY, ticketIntent } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

/** Everything else is off, so that one breaker is seen alone. */
const only = (...names: readonly (keyof Limits)[]): Limits => ({
  ...UNLIMITED,
  ...Object.fromEntries(names.map((name) => [name, DEFAULT_LIMITS[name]])),
});
const MINUTE = 60_000;
const origin = { kind: 'strategy', strategyId: 's1', version: 'v1' } as const;
const keys = (desk: Desk): readonly string[] => [...desk.state.brakes.keys()];
const slot = (desk: Desk) => desk.state.strategies.get('s1');

function buys(desk: Desk, id: string, shares = '10', at = '100'): void {
  desk.ticket(id, { origin, quantity: quantity(shares), limitPrice: price(at) });
  desk.says(id, { event: 'fill', filled: shares, execution: [shares, at, `fill-${id}`] });
}
const later = (desk: Desk, ms: number): void => desk.give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + ms) });
const release = (
  desk: Desk,
  code: 'StrategyDrawdown' | 'Rejects' | 'Slippage' | 'OrderRate' | 'ModelDrift' | 'RepeatedExecution',
  reason = 'looked into',
): void =>
  desk.give({ kind: 'BrakeReleased', at: desk.state.now, by: 'user:ada', code, scope: { kind: 'strategy', strategyId: 's1' }, reason });
const enable = (desk: Desk): void => desk.give({ kind: 'StrategyEnabled', at: desk.state.now, by: 'user:ada', strategyId: 's1' });

describe('a strategy under its own high-water mark', () => {
  const fallen = (): Desk => {
    const desk = openDesk(only('strategyDrawdownRatioMax'));
    buys(desk, 'in', '500');
    return desk;
  };
  test('is paused exactly at the limit, and stays so until it is released and enabled', () => {
    const desk = fallen();
    desk.mark('80.01');
    expect(keys(desk)).toEqual([]);
    desk.mark('80');
    expect(keys(desk)).toEqual(['StrategyDrawdown strategy s1']);
    expect(slot(desk)?.state).toBe('paused');
    enable(desk);
    expect(slot(desk)?.state).toBe('paused');
    release(desk, 'StrategyDrawdown', ' ');
    expect(keys(desk)).toHaveLength(1);
    release(desk, 'StrategyDrawdown');
    enable(desk);
    expect(slot(desk)?.state).toBe('paper');
    desk.mark('79');
    expect(keys(desk)).toEqual([]);
  });
  test('its exits pass', () => {
    const desk = fallen();
    desk.mark('70');
    desk.ticket('out', { origin, side: 'sell', quantity: quantity('500'), limitPrice: price('70') });
    desk.ticket('more', { origin, quantity: quantity('1') });
    expect([desk.order('out').state, desk.order('more').state]).toEqual(['approved', 'denied']);
  });
});

test('a day’s loss of a strategy turns its entries off until the next session', () => {
  const desk = openDesk(only('strategyDailyLossRatioMax'));
  buys(desk, 'in', '200');
  desk.mark('90.01');
  expect(keys(desk)).toEqual([]);
  desk.mark('90');
  expect(keys(desk)).toEqual(['StrategyDailyLoss strategy s1']);
  expect(slot(desk)?.state).toBe('paper');
  const tomorrow = instantFromMs(NOON + 86_400_000);
  desk.give({ kind: 'SessionClosed', at: desk.state.now, date: '2024-03-04' }, { kind: 'SessionOpened', at: tomorrow, date: '2024-03-05' });
  expect(keys(desk)).toEqual([]);
});

test('four trades stopped out turn entries off for four bars', () => {
  const desk = openDesk(only('stopClusterMax'));
  for (let trade = 0; trade < 4; trade += 1) {
    expect(keys(desk)).toEqual([]);
    buys(desk, `in-${trade}`);
    const { limitPrice: _limit, ...stop } = ticketIntent(`stop-${trade}`, {
      origin,
      side: 'sell',
      quantity: quantity('10'),
      type: 'stop',
      stopPrice: price('95'),
    });
    desk.give({ kind: 'OrderRequested', at: desk.state.now, by: 'user:ada', intent: stop });
    desk.says(`stop-${trade}`, { event: 'fill', filled: '10', execution: ['10', '95', `stopped-${trade}`] });
  }
  expect(keys(desk)).toEqual(['StopCluster strategy s1']);
  for (let day = 1; day <= 4; day += 1) {
    expect(keys(desk)).toHaveLength(1);
    desk.decide(day, 100, undefined);
  }
  expect(keys(desk)).toEqual([]);
});

test('five rejected orders in a row pause a strategy', () => {
  const desk = openDesk(only('rejectsRowMax'));
  for (let count = 0; count < 5; count += 1) {
    expect(slot(desk)?.state).toBe('paper');
    desk.ticket(`r${count}`, { origin, quantity: quantity(String(count + 1)) });
    desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: `r${count}`, code: '403', message: 'no' });
  }
  expect([slot(desk)?.state, ...keys(desk)]).toEqual(['paused', 'Rejects strategy s1']);
  release(desk, 'Rejects');
  enable(desk);
  desk.ticket('again', { origin, quantity: quantity('9') });
  desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: 'again', code: '403', message: 'no' });
  expect(keys(desk)).toEqual([]);
});

test('twenty dear fills pause a strategy', () => {
  const desk = openDesk(only('slippageRatioMax'));
  for (let count = 0; count < 20; count += 1) {
    expect(keys(desk)).toEqual([]);
    desk.mark('100');
    buys(desk, `in-${count}`, String(count + 1), '100.26');
  }
  expect([slot(desk)?.state, ...keys(desk)]).toEqual(['paused', 'Slippage strategy s1']);
});

test('a model that drifts is halved, then paused', () => {
  const desk = openDesk(only('modelDriftHalfRatioMax', 'modelDriftPauseRatioMax'));
  const drift = (index: string): void =>
    desk.give({ kind: 'ModelDriftMeasured', at: desk.state.now, strategyId: 's1', stabilityIndex: ratio(index) });
  drift('0.3');
  expect([...desk.state.brakes.values()].map(({ effect, reset }) => `${effect} ${reset}`)).toEqual(['half person']);
  expect(slot(desk)?.state).toBe('paper');
  drift('0.5');
  expect([...desk.state.brakes.values()].map(({ effect }) => effect)).toEqual(['entries-off']);
  expect(slot(desk)?.state).toBe('paused');
});

test('a model in bad health is told once, and the alert closes when it is well again', () => {
  const desk = openDesk(UNLIMITED);
  const measured = (health?: number): readonly string[] => {
    const told = health === undefined ? {} : { health, worst: 'psi', modelId: 'abc' };
    desk.give({ kind: 'ModelDriftMeasured', at: desk.state.now, strategyId: 's1', stabilityIndex: ratio('0.1'), ...told });
    return desk.kinds();
  };
  expect(measured(50)).toEqual([]);
  expect(measured(49.9)).toEqual(['AlertRaised']);
  expect(desk.state.alerts.get('ModelHealth-s1')?.detail).toContain('a health of 49.9 of 100, by psi');
  expect(measured(10)).toEqual([]);
  expect(measured()).toEqual([]);
  expect(measured(50)).toEqual(['AlertClosed']);
  desk.give({ kind: 'ModelDriftMeasured', at: desk.state.now, strategyId: 'nobody', health: 0 });
  expect(desk.kinds()).toEqual([]);
});

test('a model whose output is no number is paused', () => {
  const desk = openDesk(only('modelDriftHalfRatioMax', 'modelDriftPauseRatioMax'));
  desk.give({ kind: 'ModelDriftMeasured', at: desk.state.now, strategyId: 's1' });
  expect(slot(desk)?.state).toBe('paused');
});

test('without the order stream entries are off, and a person is told after half a minute, until a reconcile', () => {
  const desk = openDesk(only('disconnectedMsMax'));
  desk.give({ kind: 'BrokerDisconnected', at: desk.state.now, reason: 'cable' });
  later(desk, 1_999);
  expect(keys(desk)).toEqual([]);
  later(desk, 1);
  expect(keys(desk)).toEqual(['Disconnected account']);
  expect(desk.state.alerts.has('DisconnectedLong-broker')).toBe(false);
  later(desk, 28_000);
  expect(desk.state.alerts.has('DisconnectedLong-broker')).toBe(true);
  desk.give({ kind: 'BrokerConnected', at: desk.state.now });
  expect(keys(desk)).toHaveLength(1);
  desk.reconcile();
  expect(keys(desk)).toEqual([]);
  expect(desk.state.alerts.has('DisconnectedLong-broker')).toBe(false);
});

/** A liquid symbol on minute bars. */
function onMinutes(limits: Limits): Desk {
  const desk = openDesk(limits);
  const profile = { symbol: 'ALDR', averageDollarVolume20: money('50000000'), medianRange60: ratio('0.036055525'), asOf: NOON };
  desk.give(
    { kind: 'InstrumentsProfiled', at: NOON, profiles: [profile] },
    { kind: 'StrategyConfigured', at: NOON, by: 'user:ada', config: { ...STRATEGY, timeframe: '1Min' } },
  );
  desk.mark('100');
  return desk;
}
const minuteBar = (desk: Desk, close: number): EngineEvent => {
  const at = instantFromMs(desk.state.now + MINUTE);
  const bar = {
    symbol: 'ALDR',
    timeframe: '1Min',
    startAt: desk.state.now,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
  } as const;
  return { kind: 'BarsClosed', at, timeframe: '1Min', bars: [bar] };
};

test('two intervals without a bar turn entries off in the symbol, and a bar turns them on', () => {
  const desk = onMinutes(only('feedGapIntervalsMax'));
  desk.give(minuteBar(desk, 100));
  later(desk, 2 * MINUTE);
  expect(keys(desk)).toEqual([]);
  later(desk, 1_000);
  expect(keys(desk)).toEqual(['FeedGap symbol ALDR']);
  desk.ticket('in', { quantity: quantity('1') });
  expect(desk.order('in').decision.denials.map(({ code }) => code)).toEqual(['TradingState']);
  desk.give(minuteBar(desk, 100));
  expect(keys(desk)).toEqual([]);
});

test('a wild half hour halves sizes, then turns entries off in the symbol, until it has been calm for another', () => {
  const desk = onMinutes(only('volatilityHalfMultipleMax', 'volatilityOffMultipleMax'));
  desk.mark('103.1');
  expect([...desk.state.brakes.values()].map(({ effect }) => effect)).toEqual(['half']);
  desk.mark('106');
  expect([...desk.state.brakes.values()].map(({ effect }) => effect)).toEqual(['entries-off']);
  for (let minute = 0; minute < 60; minute += 1) {
    expect(keys(desk)).toHaveLength(1);
    later(desk, MINUTE - 1_000);
    desk.mark('106');
    if (desk.state.brakes.size === 0) {
      expect(minute).toBeGreaterThanOrEqual(30);
      return;
    }
  }
  throw new Error('the brake never lifted');
});

describe('orders that come too fast', () => {
  test('three trips pause the strategy', () => {
    const desk = openDesk(only('orderRateSecondMax', 'orderRateMinuteMax', 'orderRateStrategyMinuteMax', 'orderRateAgentMinuteMax'));
    desk.state = { ...desk.state, limits: { ...desk.state.limits, unchecked: undefined } as unknown as Limits };
    const tries = Array.from({ length: 8 }, (_, index) => `fast-${index}`);
    for (const [index, id] of tries.entries()) desk.ticket(id, { origin, quantity: quantity(String(index + 1)) });
    const states = tries.map((id) => desk.order(id).state);
    expect(states.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'approved'));
    expect(states.slice(5)).toEqual(['denied', 'denied', 'denied']);
    expect([slot(desk)?.state, ...keys(desk)]).toEqual(['paused', 'OrderRate strategy s1']);
  });
  test('and the same order again and again pauses at once', () => {
    const desk = openDesk(only('repeatedExecutionMax'));
    for (let count = 0; count < 10; count += 1) buys(desk, `in-${count}`, String(count + 1));
    expect(keys(desk)).toEqual([]);
    desk.ticket('eleventh', { origin, quantity: quantity('99') });
    expect([slot(desk)?.state, ...keys(desk)]).toEqual(['paused', 'RepeatedExecution strategy s1']);
    release(desk, 'RepeatedExecution');
    desk.ticket('twelfth', { origin, quantity: quantity('98') });
    expect(desk.order('twelfth').state).toBe('approved');
  });
});

const priced = (desk: Desk, at: string): EngineEvent => {
  const now = instantFromMs(desk.state.now + 1_000);
  return { kind: 'Marked', at: now, marks: [{ symbol: 'ALDR', mark: { price: price(at), at: now, basis: 'trade' } }] };
};

test('the same events trip the same brakes in the same places, byte for byte', () => {
  const events: EngineEvent[] = [];
  const desk = onMinutes(DEFAULT_LIMITS);
  const start = desk.state;
  const give = (...more: readonly EngineEvent[]): void => {
    events.push(...more);
    desk.give(...more);
  };
  give(priced(desk, '103.1'));
  give(priced(desk, '106'));
  give({ kind: 'BrokerDisconnected', at: desk.state.now, reason: 'cable' });
  give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + 3 * MINUTE) });
  give({ kind: 'ModelDriftMeasured', at: desk.state.now, strategyId: 's1' });
  expect(keys(desk).length).toBeGreaterThan(3);
  let again = start;
  for (const event of events) again = step(again, event).state;
  expect(plainState(again)).toEqual(plainState(desk.state));
  expect(initialState(desk.state.options, DEFAULT_LIMITS).brakes.size).toBe(0);
});

test('limits of a strategy tighten what it may do, and nobody else', () => {
  const desk = openDesk(DEFAULT_LIMITS);
  desk.give({
    kind: 'LimitSet',
    at: desk.state.now,
    by: 'user:ada',
    who: 'strategy:s1',
    name: 'orderNotionalUsdMax',
    value: '500',
    reason: 'small',
  });
  expect(desk.last).toEqual([expect.objectContaining({ kind: 'LimitChanged', who: 'strategy:s1', from: '25000', to: '500' })]);
  desk.ticket('own', { origin, quantity: quantity('6') });
  desk.ticket('hand', { quantity: quantity('7') });
  expect([desk.order('own').state, desk.order('hand').state]).toEqual(['denied', 'approved']);
  expect(desk.order('own').decision.denials.map(({ code, limit }) => `${code} ${limit}`)).toEqual(['OrderNotional 500']);
  expect(ALDER.symbol).toBe('ALDR');
});

test('the largest use of each limit in a day is written down at its close', () => {
  const desk = openDesk(DEFAULT_LIMITS);
  desk.ticket('in', { quantity: quantity('50') });
  desk.says('in', { event: 'fill', filled: '50', execution: ['50', '100', 'fill-in'] });
  desk.ticket('out', { side: 'sell', quantity: quantity('50'), limitPrice: price('100') });
  desk.says('out', { event: 'fill', filled: '50', execution: ['50', '100', 'fill-out'] });
  desk.give({ kind: 'SessionClosed', at: desk.state.now, date: '2024-03-04' });
  const fact = desk.last.find(({ kind }) => kind === 'LimitUseRecorded');
  expect(fact).toMatchObject({ date: '2024-03-04' });
  const peaks = fact?.kind === 'LimitUseRecorded' ? fact.peaks : [];
  expect(peaks.find(({ name }) => name === 'grossExposureRatioMax')).toMatchObject({ limit: '1', actual: '0.05' });
  expect(peaks.find(({ name }) => name === 'concentrationRatioMax')).toMatchObject({ actual: '0.05', subject: 'ALDR' });
  expect(desk.state.limitPeaks.size).toBe(0);
});
