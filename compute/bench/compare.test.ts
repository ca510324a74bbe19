import { describe, expect, test } from 'vitest';
import { agree, SLOW_PEER_RATIO, verdictOf } from './compare.ts';
import type { PeerTiming } from './suite.ts';

const REFERENCE = { name: 'copy', bestNs: 100, medianNs: 100, runs: 3 };
const peer = (name: string, bestNs: number, ours: number): PeerTiming => ({
  name,
  bestNs,
  medianNs: bestNs,
  runs: 3,
  times: bestNs / ours,
  agrees: true,
});

describe('verdicts', () => {
  test('the fastest peer counts, whatever the order', () => {
    expect(verdictOf([peer('slow', 900, 300), peer('fast', 330, 300), peer('middling', 500, 300)], REFERENCE)).toMatchObject({
      fastestPeer: 'fast',
      isAhead: true,
      isThreeTimes: false,
    });
  });

  test.each([
    { name: 'three times is enough', peerNs: 900, oursNs: 300, isAhead: true, isThreeTimes: true },
    { name: 'less is not', peerNs: 890, oursNs: 300, isAhead: true, isThreeTimes: false },
    {
      name: 'nothing is asked beyond being ahead of a fast peer',
      peerNs: 100 * SLOW_PEER_RATIO,
      oursNs: 300,
      isAhead: true,
      isThreeTimes: null,
    },
    { name: 'as fast is not ahead', peerNs: 300, oursNs: 300, isAhead: false, isThreeTimes: null },
    { name: 'behind', peerNs: 400, oursNs: 500, isAhead: false, isThreeTimes: false },
  ])('$name', ({ peerNs, oursNs, isAhead, isThreeTimes }) => {
    expect(verdictOf([peer('peer', peerNs, oursNs)], REFERENCE)).toMatchObject({ isAhead, isThreeTimes });
  });

  test('nobody to compare with', () => expect(verdictOf([], REFERENCE)).toBeNull());
});

describe('agreement', () => {
  test.each([
    { name: 'one of the outputs', ours: [1, 2, 3], theirs: [9, 3.000001], agrees: true },
    { name: 'none of them', ours: [1, 2, 3], theirs: [9, 3.0001], agrees: false },
    { name: 'of a small value too', ours: [1e-4], theirs: [1.1e-4], agrees: false },
    { name: 'zero is zero', ours: [0], theirs: [0], agrees: true },
    { name: 'not a number is nothing', ours: [NaN], theirs: [NaN], agrees: false },
    { name: 'no answer', ours: [1], theirs: [], agrees: false },
  ])('$name', ({ ours, theirs, agrees }) => expect(agree(ours, theirs)).toBe(agrees));
});
