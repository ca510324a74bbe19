import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleShare } from '../instruments/sample-instrument.ts';
import { format, price, quantity, ratio } from '../money/fixed.ts';
import type { Ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { UNLIMITED } from '../risk/limits.ts';
import type { EnsembleConfig } from '../strategies/ensemble.ts';
import { capitalOf } from './capital.ts';
import type { Effect } from './effects.ts';
import type { EngineEvent } from './events.ts';
import { plainState } from './plain-state.ts';
import { step } from './step.ts';
import { NOON, openDesk, STRATEGY } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const BIRCH = sampleShare('BRCH', { name: 'Synthetic Birch', easyToBorrow: true, sector: 'Materials' });
const DAY_MS = 86_400_000;
const CONFIG: EnsembleConfig = {
  id: 'e1',
  name: 'Both',
  members: ['s1', 's2'],
  total: ratio('0.8'),
  memberMax: ratio('0.6'),
  stepMax: ratio('0.05'),
  sessions: 20,
  priorSessions: 4,
  everySessions: 1,
};
type Allotted = Extract<Effect, { kind: 'CapitalAllotted' }>;

const both = {
  s1: { ...STRATEGY, allocation: ratio('0.5') },
  s2: { ...STRATEGY, id: 's2', name: 'Two', symbols: ['BRCH'], allocation: ratio('0.5') },
};

/** Two strategies, each with a share of its own, of which each holds 100 at 100. */
function openBoth(limits = UNLIMITED): Desk {
  const desk = openDesk(limits);
  desk.give(
    { kind: 'InstrumentListed', at: NOON, instrument: BIRCH },
    { kind: 'StrategyConfigured', at: NOON, by: 'user:ada', config: both.s1 },
    { kind: 'StrategyCreated', at: NOON, by: 'user:ada', config: both.s2 },
    { kind: 'StrategyEnabled', at: NOON, by: 'user:ada', strategyId: 's2' },
  );
  prices(desk, 100, 100);
  for (const [strategyId, symbol] of [
    ['s1', 'ALDR'],
    ['s2', 'BRCH'],
  ] as const) {
    const origin = { kind: 'strategy', strategyId, version: 'v1' } as const;
    desk.ticket(`in-${strategyId}`, { symbol, origin, quantity: quantity('100'), limitPrice: price('100') });
    desk.says(`in-${strategyId}`, { event: 'fill', filled: '100', execution: ['100', '100', `fill-${strategyId}`] });
  }
  return desk;
}

function prices(desk: Desk, alder: number, birch: number): void {
  const at = instantFromMs(desk.state.now + 1_000);
  const mark = (symbol: string, value: number) => ({ symbol, mark: { price: price(value.toFixed(2)), at, basis: 'trade' } }) as const;
  desk.give({ kind: 'Marked', at, marks: [mark('ALDR', alder), mark('BRCH', birch)] });
}

/** The session ends at these prices and the next one opens. */
function nextDay(desk: Desk, alder: number, birch: number): void {
  prices(desk, alder, birch);
  const date = desk.state.sessionDate ?? '';
  desk.give({ kind: 'SessionClosed', at: desk.state.now, date });
  const at = instantFromMs(Math.floor(desk.state.now / DAY_MS) * DAY_MS + DAY_MS + 14.5 * 3_600_000);
  desk.give({ kind: 'SessionOpened', at, date: new Date(at).toISOString().slice(0, 10) });
}

const set = (desk: Desk, change: Partial<EnsembleConfig> = {}, by = 'user:ada'): void =>
  desk.give({ kind: 'EnsembleSet', at: desk.state.now, by, config: { ...CONFIG, ...change }, reason: 'side by side' });
const configOf = (desk: Desk, id: string) => {
  const slot = desk.state.strategies.get(id);
  if (slot === undefined) throw new Error(`Invariant: the desk has ${id}`);
  return slot.config;
};
const capital = (desk: Desk, id: string): string => format(capitalOf(desk.state, configOf(desk, id)));
const capitals = (desk: Desk): readonly string[] => ['s1', 's2'].map((id) => capital(desk, id));
const allotted = (desk: Desk): readonly Allotted[] =>
  desk.effects.filter((effect): effect is Allotted => effect.kind === 'CapitalAllotted');

describe('an ensemble', () => {
  test('gives equal parts when it is set, each at most its own allocation, and says so with everything that led to it', () => {
    const desk = openBoth();
    set(desk);
    expect(capitals(desk)).toEqual(['0.4', '0.4']);
    const fact = { from: ratio('0.5'), to: ratio('0.4'), cap: ratio('0.5'), target: ratio('0.4'), returns: [], score: 0.5 };
    expect(allotted(desk)).toEqual([
      {
        kind: 'CapitalAllotted',
        ensembleId: 'e1',
        name: 'Both',
        because: 'set',
        by: 'user:ada',
        reason: 'side by side',
        total: ratio('0.8'),
        members: [
          { strategyId: 's1', ...fact },
          { strategyId: 's2', ...fact },
        ],
        at: desk.state.now,
      },
    ]);
    set(desk, { total: ratio('1'), memberMax: ratio('1') });
    // The ensemble would give 0.5 each; a strategy of which people approved 0.3 has that, and no more.
    desk.give({ kind: 'StrategyConfigured', at: desk.state.now, by: 'user:ada', config: { ...both.s2, allocation: ratio('0.3') } });
    expect(capitals(desk)).toEqual(['0.5', '0.3']);
  });

  test('measures whole sessions, open to open, on what each was allotted then, and moves by a step', () => {
    const desk = openBoth();
    set(desk);
    nextDay(desk, 101, 99);
    // The day of setting it was not whole.
    expect(
      allotted(desk)
        .at(-1)
        ?.members.map(({ returns }) => returns),
    ).toEqual([[], []]);
    const base = 0.4 * 100_000;
    nextDay(desk, 102, 98);
    nextDay(desk, 104, 97);
    const [first, second] = allotted(desk).at(-1)?.members ?? [];
    expect(first?.returns).toHaveLength(2);
    expect(first?.returns[0]).toBeCloseTo(100 / base, 12);
    expect(second?.returns[0]).toBeCloseTo(-100 / base, 12);
    expect(second?.sharpe).toBeLessThan(0);
    // Scores (2 · 3 + 4 · 0.5) / 6 and (4 · 0.5) / 6: 0.64 and 0.16, but at most 0.5 of the one, and a step of 0.05.
    expect([first, second].map((one) => format(one?.target ?? (0n as Ratio)))).toEqual(['0.5', '0.3']);
    expect(capitals(desk)).toEqual(['0.45', '0.35']);
    expect(allotted(desk).at(-1)).toMatchObject({ because: 'session', by: 'engine' });
    nextDay(desk, 106, 96);
    expect(capitals(desk)).toEqual(['0.5', '0.3']);
  });

  test('waits as many sessions as it was told to, and measures each', () => {
    const desk = openBoth();
    set(desk, { everySessions: 3 });
    for (const day of [1, 2, 3, 4, 5]) nextDay(desk, 100 + day, 100 - day);
    expect(allotted(desk).map(({ because }) => because)).toEqual(['set', 'session']);
    expect(desk.state.ensembles.get('e1')?.members.get('s1')?.returns).toHaveLength(4);
    nextDay(desk, 106, 94);
    expect(allotted(desk)).toHaveLength(3);
  });

  test('does not count sessions in which a strategy stood still when they began', () => {
    const desk = openBoth();
    set(desk);
    nextDay(desk, 101, 99);
    desk.give({ kind: 'StrategyDisabled', at: desk.state.now, by: 'user:ada', strategyId: 's2', reason: 'rest' });
    nextDay(desk, 102, 98);
    nextDay(desk, 103, 97);
    const returns = (id: string) => desk.state.ensembles.get('e1')?.members.get(id)?.returns.length;
    expect([returns('s1'), returns('s2')]).toEqual([2, 1]);
  });

  test('sizes and the gate follow at once: less capital, fewer units, and nothing opens beyond it', () => {
    const desk = openBoth({ ...UNLIMITED, strategyAllocationRatioMax: ratio('1') });
    desk.give({
      kind: 'StrategyConfigured',
      at: desk.state.now,
      by: 'user:ada',
      config: { ...both.s1, size: { kind: 'equity', fraction: ratio('0.4') } },
    });
    set(desk, { total: ratio('0.2') });
    expect(capitals(desk)).toEqual(['0.1', '0.1']);
    // An exposure of 1 is 40 % of equity at the whole allocation of 50 %, and 8 % at 10 %: 80 of 100 shares are left.
    desk.decide(0, 100, 1);
    const order = [...desk.state.orders.values()].find(({ intent }) => intent.id.includes('s1') && intent.side === 'sell');
    expect(order?.intent.quantity).toBe(quantity('20'));
    desk.ticket('more', { origin: { kind: 'strategy', strategyId: 's2', version: 'v1' }, symbol: 'BRCH', quantity: quantity('1') });
    expect(desk.order('more').decision.denials.map(({ code }) => code)).toContain('StrategyAllocation');
  });

  test('that is dissolved lets nothing through: its strategies keep what they have until a person configures them', () => {
    const desk = openBoth();
    set(desk);
    desk.give({ kind: 'EnsembleDissolved', at: desk.state.now, by: 'user:ada', ensembleId: 'e1', reason: 'apart' });
    expect(desk.state.ensembles.size).toBe(0);
    expect(capitals(desk)).toEqual(['0.4', '0.4']);
    desk.give({ kind: 'StrategyConfigured', at: desk.state.now, by: 'user:ada', config: both.s1 });
    expect(capitals(desk)).toEqual(['0.5', '0.4']);
  });

  test.each([
    { name: 'an unknown strategy', change: { members: ['s1', 's9'] }, why: /no strategy s9/ },
    { name: 'one member', change: { members: ['s1'] }, why: /1 members/ },
    { name: 'a member twice', change: { members: ['s1', 's1'] }, why: /named twice/ },
    { name: 'more than all', change: { total: ratio('1.01') }, why: /total is 1.01/ },
    { name: 'no step', change: { stepMax: ratio('0') }, why: /stepMax is 0/ },
    { name: 'a window of one', change: { sessions: 1 }, why: /sessions is 1/ },
    { name: 'a strategy of another ensemble', change: { id: 'e2', name: 'Other' }, why: /in the ensemble Both/ },
    { name: 'a name that is taken', change: { id: 'e2' }, why: /called Both/ },
  ])('of $name is refused, and told', ({ change, why }) => {
    const desk = openBoth();
    set(desk);
    const before = desk.state;
    set(desk, change);
    expect(desk.state.ensembles).toBe(before.ensembles);
    expect([...desk.state.alerts.values()].find(({ code }) => code === 'EnsembleRefused')?.detail).toMatch(why);
  });
});

test('over any days: within caps and total, moving by steps, and a replay of the events allots the same', () => {
  const moves = fc.array(fc.tuple(fc.integer({ min: -300, max: 300 }), fc.integer({ min: -300, max: 300 })), {
    minLength: 1,
    maxLength: 15,
  });
  fc.assert(
    fc.property(moves, fc.integer({ min: 1, max: 4 }), fc.nat({ max: 14 }), (days, everySessions, lowered) => {
      const desk = openBoth();
      const given: EngineEvent[] = [];
      const begun = desk.state;
      const give = desk.give.bind(desk);
      desk.give = (...events) => {
        given.push(...events);
        give(...events);
      };
      set(desk, { everySessions });
      let [alder, birch] = [100, 100];
      for (const [place, [up, over]] of days.entries()) {
        [alder, birch] = [Math.max(1, alder + up / 100), Math.max(1, birch + over / 100)];
        if (place === lowered)
          desk.give({ kind: 'StrategyConfigured', at: desk.state.now, by: 'user:ada', config: { ...both.s1, allocation: ratio('0.2') } });
        nextDay(desk, alder, birch);
        const total = ['s1', 's2'].reduce((sum, id) => sum + capitalOf(desk.state, configOf(desk, id)), 0n);
        expect(total <= CONFIG.total).toBe(true);
        for (const id of ['s1', 's2']) expect(capitalOf(desk.state, configOf(desk, id)) <= configOf(desk, id).allocation).toBe(true);
      }
      for (const { because, members } of allotted(desk))
        for (const { from, to } of members) {
          const moved = to > from ? to - from : from - to;
          expect(because === 'set' || moved <= CONFIG.stepMax).toBe(true);
        }
      const again = given.reduce((state, event) => step(state, event).state, begun);
      expect(plainState(again)).toEqual(plainState(desk.state));
    }),
    { numRuns: 60 },
  );
});
