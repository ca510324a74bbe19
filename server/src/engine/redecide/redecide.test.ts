import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decode, encode } from '../../journal/codec.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { initialState } from '../initial-state.ts';
import { replayJournal } from '../replay-journal.ts';
import type { OpenRunner } from '../session/strategy-runners.ts';
import { recordTrading } from '../test/recorded-session.ts';
import type { RecordedTrading } from '../test/recorded-session.ts';
import { redecideEntries } from '../test/redecide-entries.ts';
import { ENGINE } from '../test/session-world.ts';
import { ModuleMissing } from './module-life.ts';
import type { Redecided, RedecideOptions } from './redecide.ts';

let trading: RecordedTrading;
let recorded: readonly JournalEntry[];

beforeAll(async () => {
  trading = await recordTrading();
  recorded = await trading.entries();
});
afterAll(async () => await trading.world.close());

const initial = initialState(ENGINE, UNLIMITED);

function replayed(entries: readonly JournalEntry[], change: Partial<RedecideOptions> = {}): Promise<Redecided> {
  return redecideEntries(entries, { initial, open: trading.open, ...change });
}

const decisions = (entries = recorded): readonly JournalEntry[] => entries.filter(({ kind }) => kind === 'StrategyDecided');
const wishing = (): JournalEntry => {
  const found = decisions().find(({ payload }) => (payload as { decision: { targets: readonly unknown[] } }).decision.targets.length > 0);
  if (found === undefined) throw new Error('no decision wishes for anything');
  return found;
};

/** The record with one entry's text changed; its number stays. */
function withChange(seq: number, change: (text: string) => string): readonly JournalEntry[] {
  return recorded.map((entry) => {
    if (entry.seq !== seq) return entry;
    const text = encode(entry.payload);
    const other = change(text);
    if (other === text) throw new Error(`nothing to change in ${text}`);
    return { ...entry, payload: decode(other) };
  });
}

/** The record without some entries, numbered anew as a writer would have done. */
function without(isLeft: (entry: JournalEntry) => boolean): readonly JournalEntry[] {
  const numbers = new Map<number, number>();
  const kept = recorded.filter((entry) => !isLeft(entry));
  for (const [index, { seq }] of kept.entries()) numbers.set(seq, index + 1);
  return kept.map((entry, index) => ({
    ...entry,
    seq: index + 1,
    cause: entry.cause === undefined ? undefined : numbers.get(entry.cause),
  }));
}

describe('a recorded session decided again', () => {
  test('leads to itself, with restarts, a missed day, a new configuration and a stop in it', async () => {
    const { difference, entries, events, effects, strategies } = await replayed(recorded);
    expect(difference).toBeUndefined();
    expect(entries).toBe(recorded.length);
    // The first entry says with what the engine began, and is none of its events.
    expect(events + effects).toBe(recorded.length - 1);
    expect(strategies.map(({ id, decisions: made }) => ({ id, made }))).toEqual(
      ['crossing', 'slower'].map((id) => ({
        id,
        made: decisions().filter(({ payload }) => (payload as { decision: { strategyId: string } }).decision.strategyId === id).length,
      })),
    );
    expect(recorded.filter(({ kind }) => kind === 'FillBooked').length).toBeGreaterThan(2);
    expect(recorded.filter(({ payload }) => encode(payload).includes('The engine has started again'))).not.toEqual([]);
  });

  test('from any entry on, from what was known before it', async () => {
    for (const first of [2, 40, 41, 42, 43, Math.floor(recorded.length / 2), recorded.length]) {
      const { difference, entries } = await replayed(recorded, { first });
      expect(difference).toBeUndefined();
      expect(entries).toBe(recorded.length - first + 1);
    }
  });

  test('up to any entry, also between an event and what it led to', async () => {
    for (const last of [1, 50, 51, 52, 53]) expect((await replayed(recorded, { last })).difference).toBeUndefined();
  });

  test('from a state that was written down before', async () => {
    const seq = Math.floor((recorded.length * 2) / 3);
    const replay = replayJournal(initial, encode);
    replay.take(recorded.slice(0, seq));
    const { difference } = await replayed(recorded, { first: seq + 10, from: { ...replay.soFar(), seq } });
    expect(difference).toBeUndefined();
  });
});

describe('the first difference is named', () => {
  test('a decision that was changed', async () => {
    const { seq } = wishing();
    const { difference } = await replayed(withChange(seq, (text) => text.replace(/"exposure":-?1/, '"exposure":0.5')));
    expect(difference).toMatchObject({
      seq,
      kind: 'StrategyDecided',
      field: 'decision.targets[0].exposure',
      recorded: '0.5',
      problem: 'the module decides otherwise than was recorded',
    });
    expect(['1', '-1']).toContain(difference?.replayed);
    expect(difference?.strategy).toMatchObject({ version: trading.module.version });
  });

  test('a decision’s words, which no effect shows', async () => {
    const { seq } = wishing();
    const { difference } = await replayed(withChange(seq, (text) => text.replace('"reason":"', '"reason":"Truly: ')));
    expect(difference).toMatchObject({ seq, field: 'decision.targets[0].reason' });
  });

  test('a decision that was left out, or that nothing had asked for', async () => {
    // Nothing follows from a decision without a wish: only the question shows that it is missing.
    const [idle] = decisions();
    if (idle === undefined) throw new Error('nothing was decided');
    expect(encode(idle.payload)).toContain('"targets":[]');
    const missing = await replayed(without((entry) => entry.seq === idle.seq || entry.cause === idle.seq));
    expect(missing.difference).toMatchObject({ kind: 'StrategyDecided' });
    expect(missing.difference?.problem).toMatch(/the question of entry \d+ was never answered/);
    const { seq } = wishing();
    const moved = withChange(seq, (text) => text.replace(/"barAt":\d+/, '"barAt":5'));
    expect((await replayed(moved)).difference).toMatchObject({ seq, problem: 'a decision was recorded that nothing had asked for' });
  });

  test('a bar that was changed: at the first figure or decision that follows from it', async () => {
    const bars = recorded.filter(({ kind }) => kind === 'BarsClosed');
    const bar = bars[6];
    if (bar === undefined) throw new Error('there are fewer bars');
    const { difference } = await replayed(
      withChange(bar.seq, (text) => text.replace(/"close":\d+/, '"close":150').replace(/"high":\d+/, '"high":150')),
    );
    expect(difference?.seq).toBeGreaterThan(bar.seq);
    expect(difference?.seq).toBeLessThan(bars[7]?.seq ?? 0);
    expect(difference).toHaveProperty('field');
  });

  test.each([
    { name: 'a price of the past', kind: 'StrategyWarmed', change: (text: string) => text.replaceAll(/"close":\d+/g, '"close":7') },
    { name: 'a fill', kind: 'FillBooked', change: (text: string) => text.replace(/"price":\{"\$n":"/, '"price":{"$n":"1') },
    { name: 'an order', kind: 'SubmitOrder', change: (text: string) => text.replace('"fieldsHash":"', '"fieldsHash":"0') },
    { name: 'what a strategy was told', kind: 'AskStrategy', change: (text: string) => text.replace('"cash":', '"cash":1') },
  ])('$name', async ({ kind, change }) => {
    const last = recorded.findLast((entry) => entry.kind === kind);
    if (last === undefined) throw new Error(`there is no ${kind}`);
    const { difference } = await replayed(withChange(last.seq, change));
    if (kind === 'StrategyWarmed') expect(difference?.seq).toBeGreaterThan(last.seq);
    else expect(difference).toMatchObject({ seq: last.seq, kind });
    expect(difference).toHaveProperty('strategy');
  });

  test('an effect that is missing, one too many, and an event of another kind', async () => {
    const fill = recorded.find(({ kind }) => kind === 'FillBooked');
    if (fill === undefined) throw new Error('there is no fill');
    expect((await replayed(without(({ seq }) => seq === fill.seq))).difference?.problem).toMatch(
      /was recorded where FillBooked follows|was not recorded/,
    );
    const alien = recorded.map((entry) => (entry.seq === 9 ? { ...entry, type: 'event' as const, kind: 'SomebodyElse' } : entry));
    expect((await replayed(alien)).difference).toMatchObject({ seq: 9, problem: "SomebodyElse is no event of this program's engine" });
    const stray = recorded.map((entry) => (entry.seq === fill.seq ? { ...entry, cause: 3 } : entry));
    expect((await replayed(stray)).difference).toMatchObject({ seq: fill.seq, problem: expect.stringMatching(/did not lead to it/) });
  });

  test('what is missing at the very end', async () => {
    const last = recorded.findLastIndex(({ type }) => type === 'fact');
    const { difference } = await replayed(recorded.slice(0, last));
    expect(difference?.problem).toMatch(/was not recorded/);
  });

  test('words for people: told apart, and passed over where that is asked for', async () => {
    const changed = recorded.find(({ kind }) => kind === 'AlertRaised');
    if (changed === undefined) throw new Error('there is no alert');
    const entries = withChange(changed.seq, (text) => text.replace('"title":"', '"title":"New: '));
    const strict = await replayed(entries);
    expect(strict.difference).toMatchObject({ seq: changed.seq, field: 'alert.title' });
    expect(strict.difference?.problem).toMatch(/in words for people only/);
    expect((await replayed(entries, { compareWords: false })).difference).toBeUndefined();
  });

  test('another module: the first decision that it makes otherwise', async () => {
    const contrary: OpenRunner = async (config) => {
      const runner = await trading.open(config);
      return { ...runner, onBars: async (slice) => (await runner.onBars(slice)).map((wish) => ({ ...wish, amount: -wish.amount })) };
    };
    const { difference } = await replayed(recorded, { open: contrary });
    expect(difference).toMatchObject({
      seq: wishing().seq,
      field: 'decision.targets[0].exposure',
      strategy: { version: trading.module.version },
    });
  });

  test('a module that fails', async () => {
    const failing: OpenRunner = async () =>
      await Promise.resolve({
        onBars: async () => await Promise.reject(new Error('unreachable')),
        close: async () => await Promise.resolve(),
      });
    const { difference } = await replayed(recorded, { open: failing });
    expect(difference).toMatchObject({ seq: decisions()[0]?.seq, problem: 'the module fails where a decision was recorded: unreachable' });
  });

  test('a module that is not there is no difference, but an error', async () => {
    const missing: OpenRunner = async () => await Promise.reject(new ModuleMissing('gone'));
    await expect(replayed(recorded, { open: missing })).rejects.toThrow(ModuleMissing);
  });
});

test('of one strategy only, when that is asked for', async () => {
  const opened: string[] = [];
  const open: OpenRunner = async (config) => {
    opened.push(config.id);
    return await trading.open(config);
  };
  const { difference, strategies } = await replayed(recorded, { open, isWanted: (id) => id === 'slower' });
  expect(difference).toBeUndefined();
  expect(strategies.map(({ id }) => id)).toEqual(['slower']);
  expect(new Set(opened)).toEqual(new Set(['slower']));
});
