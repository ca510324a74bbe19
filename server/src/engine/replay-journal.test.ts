import { describe, expect, test } from 'vitest';
import { decode, encode } from '../journal/codec.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { instantFromMs } from '../money/instant.ts';
import { UNLIMITED } from '../risk/limits.ts';
import type { Wished } from '../strategies/strategy.ts';
import type { EngineEvent } from './events.ts';
import { initialState } from './initial-state.ts';
import { entriesOf } from './journal-entries.ts';
import { plainState } from './plain-state.ts';
import { replayJournal } from './replay-journal.ts';
import { sameWishes } from './session/fed-module.ts';
import type { EngineState } from './state.ts';
import { step } from './step.ts';
import { ACCOUNT, ALDER, NOON, STRATEGY, ticketIntent } from './test/desk.ts';
import { ENGINE } from './test/session-world.ts';

const opening = (): EngineState => initialState(ENGINE, UNLIMITED);

const EVENTS: readonly EngineEvent[] = [
  { kind: 'InstrumentListed', at: NOON, instrument: ALDER },
  { kind: 'BrokerConnected', at: NOON },
  { kind: 'Reconciled', at: NOON, account: ACCOUNT, positions: [], openOrders: [] },
  { kind: 'StrategyCreated', at: NOON, by: 'user:ada', config: STRATEGY },
  { kind: 'StrategyEnabled', at: NOON, by: 'user:ada', strategyId: 's1' },
  {
    kind: 'BarsClosed',
    at: NOON,
    timeframe: '1Day',
    bars: [{ symbol: 'ALDR', timeframe: '1Day', startAt: NOON, open: 100.1, high: 101, low: 99.5, close: 100.5, volume: 12_345 }],
  },
  {
    kind: 'StrategyDecided',
    at: NOON,
    decision: { strategyId: 's1', version: 'v1', barAt: NOON, targets: [{ symbol: 'ALDR', exposure: 0.5, reason: 'half' }] },
  },
  { kind: 'OrderRequested', at: NOON, by: 'user:ada', intent: ticketIntent('t1') },
  { kind: 'OrderRejected', at: NOON, orderId: 't1', code: '403', message: 'no' },
  { kind: 'KillSwitchEngaged', at: NOON, by: 'user:ada', action: 'freeze', reason: 'drill' },
];

/** The record as it comes back from a journal: through its text, numbered, each effect with its cause. */
function recorded(events = EVENTS): { readonly state: EngineState; readonly entries: readonly JournalEntry[] } {
  const entries: JournalEntry[] = [];
  let state = opening();
  for (const event of events) {
    const done = step(state, event);
    state = done.state;
    const first = entries.length + 1;
    for (const { cause, payload, ...draft } of entriesOf(event, state, done.effects)) {
      const seq = entries.length + 1;
      const causedBy = cause === 'first' ? first : cause;
      entries.push({ ...draft, cause: causedBy, payload: decode(encode(payload)), seq, writtenAtMs: 0, hash: '', previousHash: '' });
    }
  }
  return { state, entries };
}

function replayed(entries: readonly JournalEntry[]) {
  const replay = replayJournal(opening(), encode);
  // In two pieces, cut between an event and its effects: pages end anywhere.
  replay.take(entries.slice(0, 5));
  replay.take(entries.slice(5));
  return replay.finish();
}

const changed = (entries: readonly JournalEntry[], kind: string, from: string, to: string): readonly JournalEntry[] =>
  entries.map((entry) => (entry.kind === kind ? { ...entry, payload: decode(encode(entry.payload).replace(from, to)) } : entry));

describe('a journal repeated', () => {
  test('leads to the same state, byte for byte, and to the same facts', () => {
    const { state, entries } = recorded();
    const { state: again, problem, events } = replayed(entries);
    expect(problem).toBeUndefined();
    expect(events).toBe(EVENTS.length);
    expect(encode(plainState(again))).toBe(encode(plainState(state)));
  });

  test.each([
    {
      name: 'a fact that was changed',
      change: (entries: readonly JournalEntry[]) => changed(entries, 'EquityMarked', '"atBar":true', '"atBar":false'),
      says: /EquityMarked was recorded otherwise/,
    },
    {
      name: 'an event that was changed',
      change: (entries: readonly JournalEntry[]) => changed(entries, 'StrategyDecided', '"exposure":0.5', '"exposure":1'),
      says: /StrategyChanged was recorded otherwise/,
    },
    {
      name: 'a fact that is missing',
      change: (entries: readonly JournalEntry[]) => entries.filter(({ kind }) => kind !== 'TradingStateChanged'),
      says: /was recorded where TradingStateChanged follows/,
    },
    {
      name: 'an order’s fields',
      change: (entries: readonly JournalEntry[]) => changed(entries, 'SubmitOrder', '"fieldsHash":"', '"fieldsHash":"0'),
      says: /SubmitOrder was recorded otherwise/,
    },
  ])('$name is found', ({ change, says }) => {
    expect(replayed(change(recorded().entries)).problem?.problem).toMatch(says);
  });

  test('words for people may change between versions', () => {
    const entries = changed(recorded().entries, 'AlertRaised', '"title":"', '"title":"New words: ');
    expect(replayed(entries).problem).toBeUndefined();
  });

  test('entries of other parts are passed over', () => {
    const { entries, state } = recorded();
    const other: JournalEntry = {
      kind: 'SomebodyElse',
      type: 'event',
      at: NOON,
      actor: 'x',
      cause: undefined,
      payload: {},
      seq: 99,
      writtenAtMs: 0,
      hash: '',
      previousHash: '',
    };
    expect(encode(plainState(replayed([...entries, other]).state))).toBe(encode(plainState(state)));
  });

  test('with orders, cancels and what is denied leads to itself, and its wishes come back as they were', () => {
    const at = instantFromMs(NOON + 86_400_000);
    const bar = { symbol: 'ALDR', timeframe: '1Day', startAt: at, open: 100, high: 101, low: 99, close: 100, volume: 1 } as const;
    const targets: readonly Wished[] = [
      {
        symbol: 'ALDR',
        kind: 'stop-limit',
        measure: 'weight',
        amount: 0.1,
        stop: 101.3,
        limit: 102,
        day: true,
        orderNumber: 1,
        reason: 'a',
      },
      { symbol: 'ALDR', kind: 'cancel', measure: 'units', amount: 0, orderNumber: 1, reason: 'b' },
      { symbol: 'ALDR', kind: 'trailing', measure: 'units', amount: -1, trailFraction: 0.1, orderNumber: 2, reason: 'c' },
      { symbol: 'ALDR', kind: 'target', measure: 'exposure', amount: 1, stopLoss: 95.5, reason: 'd' },
    ];
    const events: readonly EngineEvent[] = [
      ...EVENTS.slice(0, -1),
      { kind: 'BarsClosed', at, timeframe: '1Day', bars: [bar] },
      { kind: 'StrategyDecided', at, decision: { strategyId: 's1', version: 'v1', barAt: at, targets } },
    ];
    const { state, entries } = recorded(events);
    expect(entries.filter(({ kind }) => kind === 'SubmitOrder').length).toBeGreaterThan(1);
    const { state: again, problem, lives } = replayed(entries);
    expect(problem).toBeUndefined();
    expect(encode(plainState(again))).toBe(encode(plainState(state)));
    const last = lives.of('s1').at(-1);
    if (last?.kind !== 'ask' || last.decided === undefined) throw new Error('The answer was not recorded');
    expect(last.decided).toEqual(targets);
    expect(sameWishes(last.decided, targets)).toBe(true);
    expect(sameWishes(last.decided, targets.with(3, { symbol: 'ALDR', exposure: 1, reason: 'd' }))).toBe(false);
    expect(sameWishes(last.decided, targets.slice(1))).toBe(false);
  });

  test('a question is written with the fields that it always had: journals of before stay true', () => {
    const ask = recorded().entries.find(({ kind }) => kind === 'AskStrategy');
    expect(Object.keys(ask?.payload as object).sort()).toEqual(['at', 'cash', 'equity', 'kind', 'positions', 'strategyId']);
  });

  test('tells what a module was fed, in order, with its answers', () => {
    expect(replayed(recorded().entries).lives.of('s1')).toMatchObject([{ kind: 'ask', decided: [{ symbol: 'ALDR', exposure: 0.5 }] }]);
  });
});
