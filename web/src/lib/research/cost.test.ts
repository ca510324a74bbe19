import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeText, workOf, workText } from './cost.ts';

const walk = (isRolling: boolean) => ({ windows: { train: 100, test: 50 }, isRolling });

test.each([
  { name: 'a sweep', asked: { sets: 10, bars: 1_000 }, windows: 1, decided: 10_000 },
  // Windows of 100 + 50, 100 + 50 and 100 + 20 bars.
  { name: 'rolling windows', asked: { sets: 10, bars: 220, walk: walk(true) }, windows: 3, decided: 4_200 },
  // Of 100 + 50, 150 + 50 and 200 + 20.
  { name: 'anchored windows', asked: { sets: 10, bars: 220, walk: walk(false) }, windows: 3, decided: 5_700 },
  { name: 'too few bars', asked: { sets: 10, bars: 100, walk: walk(true) }, windows: 0, decided: 0 },
])('the work of $name', ({ asked, windows, decided }) => expect(workOf(asked)).toEqual({ windows, decided }));

test.each([
  [{ sets: 168, bars: 5_031 }, '168 sets on 5,031 bars: 0.8 million bars to decide'],
  [{ sets: 2, bars: 1_260 }, '2 sets on 1,260 bars: 2,520 bars to decide'],
  [{ sets: 40, bars: 1_260, walk: walk(true) }, '40 sets in each of 24 windows: 0.1 million bars to decide'],
  [{ sets: 40, bars: 90, walk: walk(true) }, '90 bars are too few: after 100 to choose in, none is left to trade in.'],
])('%o in words', (asked, words) => expect(workText(asked)).toBe(words));

test('the bars of the windows, counted one by one', () => {
  const whole = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(whole(2, 300), whole(1, 200), whole(1, 3_000), fc.boolean(), (train, test, more, isRolling) => {
      const bars = train + more;
      let decided = 0;
      let windows = 0;
      for (let first = train; first < bars; first += test) {
        decided += (isRolling ? train : first) + Math.min(test, bars - first);
        windows += 1;
      }
      expect(workOf({ sets: 7, bars, walk: { windows: { train, test }, isRolling } })).toEqual({ windows, decided: 7 * decided });
    }),
  );
});

const pace = { barsPerSecond: 1_000, secondsMin: 0.5, barsMax: 20_000, studies: 2, isOfStrategy: true };
test.each([
  { name: 'none was measured', decided: 10, given: null, text: 'How long it takes: n/a, no sweep was finished on this server yet.' },
  {
    name: 'by the pace',
    decided: 12_000,
    given: pace,
    text: 'About 12 s, at the pace of 2 sweeps of this strategy on this server, waiting included.',
  },
  { name: 'never less than the least', decided: 10, given: pace, text: /^About 0\.5 s, / },
  {
    name: 'of others',
    decided: 12_000,
    given: { ...pace, studies: 1, isOfStrategy: false },
    text: /the pace of 1 sweep of other strategies/,
  },
  { name: 'far beyond', decided: 4_000_000, given: pace, text: /^About 1 h 6 min, .* That is 200 times the largest that was measured\.$/ },
])('how long it takes: $name', ({ decided, given, text }) => {
  const said = timeText(decided, given, 'sweep');
  if (typeof text === 'string') expect(said).toBe(text);
  else expect(said).toMatch(text);
});
