import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../journal/journal.ts';
import { instantFromMs } from '../money/instant.ts';
import { Newest } from './newest.ts';
import { OrderTraces } from './order-traces.ts';
import type { FinishedSpan } from './order-traces.ts';

const hashOf = (seq: number): string => createHash('sha256').update(String(seq)).digest('hex');
/** The entry with this number; it is written so many milliseconds after the epoch. */
const entry = (seq: number, kind: string, payload: unknown, cause?: number): JournalEntry => ({
  seq,
  kind,
  type: 'event',
  at: instantFromMs(1_458_669_600_000),
  actor: 'engine',
  cause,
  payload,
  writtenAtMs: seq * 10,
  hash: hashOf(seq),
  previousHash: hashOf(seq - 1),
});

const bars = (seq: number): JournalEntry => entry(seq, 'BarsClosed', { timeframe: '1Day', bars: [{ symbol: 'AAA' }] });
const ask = (seq: number, cause: number, strategyId: string): JournalEntry => entry(seq, 'AskStrategy', { strategyId }, cause);
const decided = (seq: number, strategyId: string): JournalEntry => entry(seq, 'StrategyDecided', { decision: { strategyId } });
const order = (seq: number, state: string, cause?: number, more: object = {}): JournalEntry =>
  entry(
    seq,
    'OrderChanged',
    {
      order: {
        id: 'o',
        state,
        intent: { symbol: 'AAA', side: 'buy', origin: { kind: 'strategy' } },
        decision: {
          id: 'd',
          verdict: state === 'denied' ? 'denied' : 'approved',
          denials: state === 'denied' ? [{ code: 'OrderRisk' }] : [],
        },
        ...more,
      },
    },
    cause,
  );
const submit = (seq: number, cause?: number): JournalEntry => entry(seq, 'SubmitOrder', { orderId: 'o' }, cause);

function spansOf(entries: readonly JournalEntry[]): readonly FinishedSpan[] {
  const traces = new OrderTraces();
  return entries.flatMap((each) => [...traces.take(each)]);
}
const brief = ({ name, startMs, endMs }: FinishedSpan): string => `${name} ${startMs}–${endMs}`;

describe('traces from a bar to its orders', () => {
  test('the whole way hangs together, and each span names the entries of the journal', () => {
    const spans = spansOf([
      bars(1),
      ask(2, 1, 'trend'),
      decided(3, 'trend'),
      order(4, 'approved', 3),
      submit(5, 3),
      order(6, 'accepted', 9, { acknowledgedAt: 1 }),
      entry(7, 'FillBooked', { fill: { orderId: 'o', executionId: 'x1' } }),
      order(8, 'filled', 7, { acknowledgedAt: 1 }),
    ]);
    expect(spans.map(brief)).toEqual(['strategy decided 20–30', 'bars closed 10–30', 'submit to broker 50–60', 'order 40–80']);
    const [strategy, root, way, whole] = spans;
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([hashOf(1).slice(0, 32)]));
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(4);
    expect([root?.parentId, strategy?.parentId, whole?.parentId, way?.parentId]).toEqual([
      undefined,
      root?.spanId,
      strategy?.spanId,
      whole?.spanId,
    ]);
    expect(whole?.attributes).toMatchObject({
      'tidemark.seq': 4,
      'tidemark.seq.end': 8,
      'tidemark.at': '2016-03-22T18:00:00.000Z',
      'tidemark.order.state': 'filled',
      'tidemark.risk.verdict': 'approved',
    });
    expect(whole?.moments.map(({ name, atMs }) => `${name} ${atMs}`)).toEqual(['accepted 60', 'fill 70', 'filled 80']);
  });

  test('a denied order ends where it begins, and says why', () => {
    const [, , denied] = spansOf([bars(1), ask(2, 1, 'a'), decided(3, 'a'), order(4, 'denied', 3)]);
    expect(denied).toMatchObject({ name: 'order', startMs: 40, endMs: 40 });
    expect(denied?.attributes['tidemark.risk.denials']).toEqual(['OrderRisk']);
  });

  test('bars end with the last strategy that was asked, also where it fails; each answers its oldest question', () => {
    const spans = spansOf([
      bars(1),
      ask(2, 1, 'a'),
      ask(3, 1, 'b'),
      bars(4),
      ask(5, 4, 'a'),
      decided(6, 'a'),
      entry(7, 'StrategyFailed', { strategyId: 'b' }),
      decided(8, 'a'),
    ]);
    expect(spans.map(brief)).toEqual([
      'strategy decided 20–60',
      'strategy failed 30–70',
      'bars closed 10–70',
      'strategy decided 50–80',
      'bars closed 40–80',
    ]);
  });

  test('an order that a person asked for begins a trace of its own', () => {
    const [whole] = spansOf([entry(1, 'OrderRequested', {}), order(2, 'denied', 1)]);
    expect(whole).toMatchObject({ traceId: hashOf(2).slice(0, 32), parentId: undefined });
  });

  test('an order that began before we looked has no span, rather than a short one', () =>
    expect(spansOf([order(1, 'working', undefined, { acknowledgedAt: 1 }), order(2, 'filled', undefined, { acknowledgedAt: 1 })])).toEqual(
      [],
    ));

  test('an order that the broker rejects ends its way there', () => {
    const spans = spansOf([order(1, 'approved'), submit(2), order(3, 'unknown'), order(4, 'rejected')]);
    expect(spans.map(brief)).toEqual(['submit to broker 20–40', 'order 10–40']);
    expect(spans[0]?.attributes['tidemark.acknowledged']).toBe(false);
  });
});

test('what is open is bounded: the oldest goes', () => {
  const newest = new Newest<number, string>(2);
  newest.set(1, 'a');
  newest.set(2, 'b');
  newest.set(1, 'again');
  newest.set(3, 'c');
  expect([newest.get(1), newest.get(2), newest.get(3), [...newest.values()]]).toEqual(['again', undefined, 'c', ['again', 'c']]);
});
