import { describe, expect, test } from 'vitest';
import { items, memory, play } from './test/playing.ts';
import type { World } from './test/playing.ts';

const NOW = '2016-01-08T20:00:00Z';
const bar = (day: string, c = 100) => ({ t: `${day}T05:00:00Z`, o: c, h: c, l: c, c, v: 1 });
const WEEK = ['2016-01-04', '2016-01-05', '2016-01-06', '2016-01-07', '2016-01-08'].map((day) => bar(day));
const listed = (symbol: string, bars = 261) => ({ symbol, bars, from: '2015-01-09T00:00:00Z', to: '2016-01-08T00:00:00Z' });
const OVERVIEW = { asOf: NOW, feedAgeMs: 900, brokerConnected: true, market: { isOpen: true } };

interface There {
  readonly instruments?: readonly unknown[];
  readonly bars?: readonly unknown[];
  readonly overview?: object;
  readonly more?: object;
}

const world = (
  { instruments = [listed('AAA')], bars = WEEK, overview = OVERVIEW, more = {} }: There,
  facts: readonly string[] = [],
): World => ({
  get_market_data: ({ symbol }) => ({ instruments, overview, ...(symbol === undefined ? more : { series: { bars } }) }),
  list_strategies: { strategies: items({ id: 's', symbols: ['AAA'], timeframe: 'DAY1' }) },
  get_health: { health: { parts: [{ name: 'feed', state: 'OK', detail: 'well' }] } },
  ...memory(facts).world,
});

const reportOn = (answers: World): string => play('data', answers).report;

describe('the script of Data', () => {
  test('says so where all is well, and remembers how far the series reach, with the day', () => {
    const { report, calls } = play('data', world({}));
    expect(report).toContain('Nothing is missing, nothing is old, and no gap or jump was found.');
    expect(report).toContain('I remember no earlier look');
    expect(calls.at(-1)).toMatchObject({ tool: 'remember', arguments: { text: 'Data on 2016-01-08: AAA 261 bars to 2016-01-08.' } });
  });

  test.each<{ name: string; there: There; says: RegExp }>([
    { name: 'a symbol without a series', there: { instruments: [] }, says: /^1\. AAA has no daily bars/m },
    {
      name: 'a symbol that a shortened answer left out',
      there: { instruments: [], more: { shortened: 'instruments: 1 of 9' } },
      says: /Nothing is missing/,
    },
    {
      name: 'sessions that are missing',
      there: { instruments: [listed('AAA', 200)] },
      says: /AAA has 200 daily bars, 76\.\d % of the weekdays/,
    },
    { name: 'no bars of its timeframe', there: { bars: [] }, says: /AAA has no bars DAY1/ },
    { name: 'a gap', there: { bars: [bar('2015-12-21'), ...WEEK] }, says: /gap in its bars DAY1 from 2015-12-21T.* to 2016-01-04T/ },
    { name: 'a long weekend, which is none', there: { bars: [bar('2015-12-31'), ...WEEK] }, says: /Nothing is missing/ },
    { name: 'a jump', there: { bars: [...WEEK.slice(0, 4), bar('2016-01-08', 70)] }, says: /AAA jumps by -30\.0 %/ },
    {
      name: 'a series that ended',
      there: { bars: WEEK.slice(0, 1), overview: { ...OVERVIEW, asOf: '2016-01-12T20:00:00Z' } },
      says: /AAA is old/,
    },
    { name: 'a silent feed', there: { overview: { ...OVERVIEW, feedAgeMs: 600_000 } }, says: /10\.0 minutes old, and the market is open/ },
    {
      name: 'a feed that is silent at night',
      there: { overview: { ...OVERVIEW, feedAgeMs: 600_000, market: { isOpen: false } } },
      says: /Nothing is missing/,
    },
    { name: 'no broker', there: { overview: { ...OVERVIEW, brokerConnected: false } }, says: /broker is not connected/ },
  ])('$name', ({ there, says }) => expect(reportOn(world(there))).toMatch(says));

  test('reports the worst first', () => {
    const report = reportOn(
      world({ instruments: [listed('AAA', 200)], bars: [bar('2015-12-21'), ...WEEK], overview: { ...OVERVIEW, brokerConnected: false } }),
    );
    expect(report).toMatch(/1\. The broker[^]*2\. AAA has 200 daily bars[^]*3\. AAA has a gap/);
  });

  test.each([
    {
      name: 'more bars',
      fact: 'Data on 2016-01-05: AAA 258 bars to 2016-01-05.',
      says: 'Since the look of 2016-01-05: AAA has 3 bars more and reaches to 2016-01-08, before to 2016-01-05.',
    },
    { name: 'fewer bars', fact: 'Data on 2016-01-05: AAA 300 bars to 2016-01-05.', says: 'AAA has 39 bars FEWER' },
    {
      name: 'nothing new',
      fact: 'Data on 2016-01-05: AAA 261 bars to 2016-01-08.',
      says: 'Since the look of 2016-01-05 no series has changed.',
    },
    { name: 'one new, one gone', fact: 'Data on 2016-01-05: BBB 7 bars to 2016-01-05.', says: 'AAA is new; BBB is gone.' },
    { name: 'a fact of something else', fact: 'The moon is round.', says: 'I remember no earlier look' },
  ])('compares with what it kept: $name', ({ fact, says }) => expect(reportOn(world({}, [fact]))).toContain(says));
});
