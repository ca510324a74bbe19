import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANNELS, FeedSubscriptions } from './feed-subscriptions.ts';
import type { Channel } from './feed-subscriptions.ts';

/** A broker with room for so many symbols on quotes and trades, that chokes on bad ones and may leave some out. */
function broker(limit: number, bad: ReadonlySet<string>, leftOut: ReadonlySet<string>) {
  const held: Record<Channel, Set<string>> = {
    dailyBars: new Set(),
    bars: new Set(),
    statuses: new Set(),
    quotes: new Set(),
    trades: new Set(),
  };
  let asked = 0;
  return {
    held,
    asked: () => asked,
    answer: (wanted: FeedSubscriptions): void => {
      for (let chunk = wanted.next(); chunk !== undefined; chunk = wanted.next()) {
        asked += 1;
        const { channel, symbols } = chunk;
        if (symbols.some((symbol) => bad.has(symbol))) {
          wanted.refuse('content');
          continue;
        }
        if (channel === 'quotes' || channel === 'trades') {
          const after = new Set([...held.quotes, ...held.trades, ...symbols]);
          if (after.size > limit) {
            wanted.refuse('number');
            continue;
          }
        }
        for (const symbol of symbols) if (!leftOut.has(symbol)) held[channel].add(symbol);
        wanted.acknowledge(Object.fromEntries(CHANNELS.map((name) => [name, [...held[name]]])));
      }
    },
  };
}

const symbolsUpTo = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `S${index}`);

describe('subscriptions', () => {
  test('whatever the broker refuses or leaves out: each wish is confirmed or named as refused, and what was confirmed stays', () => {
    const cases = fc.record({
      count: fc.integer({ min: 0, max: 60 }),
      perChunk: fc.integer({ min: 1, max: 25 }),
      limit: fc.integer({ min: 0, max: 70 }),
      bad: fc.array(fc.nat(59), { maxLength: 4 }),
      leftOut: fc.array(fc.nat(59), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(cases, ({ count, perChunk, limit, bad, leftOut }) => {
        const symbols = symbolsUpTo(count);
        const channels = ['bars', 'quotes', 'trades'] as const;
        const wanted = new FeedSubscriptions(symbols, channels, perChunk);
        const there = broker(limit, new Set(bad.map((index) => `S${index}`)), new Set(leftOut.map((index) => `S${index}`)));
        there.answer(wanted);
        expect(wanted.settled).toBe(true);
        for (const channel of channels) {
          const refused = wanted.refused.filter((each) => each.channel === channel).map(({ symbol }) => symbol);
          expect([...there.held[channel], ...refused].toSorted()).toEqual([...symbols].toSorted());
          expect(wanted.acknowledged(channel).toSorted()).toEqual([...there.held[channel]].toSorted());
        }
        const bads = new Set(bad).size + new Set(leftOut).size;
        if (bads === 0) expect(there.held.quotes.size).toBe(Math.min(limit, count));
      }),
      { numRuns: 500 },
    );
  });

  test('bars come before quotes, and quotes before trades', () => {
    expect(CHANNELS.indexOf('bars')).toBeLessThan(CHANNELS.indexOf('quotes'));
    expect(CHANNELS.indexOf('quotes')).toBeLessThan(CHANNELS.indexOf('trades'));
  });

  test('thirty of five hundred are found in few questions', () => {
    const wanted = new FeedSubscriptions(symbolsUpTo(500), ['bars', 'quotes', 'trades'], 200);
    const there = broker(30, new Set(), new Set());
    there.answer(wanted);
    expect(there.held.quotes.size).toBe(30);
    expect(there.held.trades.size).toBe(30);
    expect(there.held.bars.size).toBe(500);
    expect(there.asked()).toBeLessThan(40);
  });
});
