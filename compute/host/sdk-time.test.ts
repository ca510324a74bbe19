import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeCompiler, compileStrategy } from './compile.ts';
import { openStrategy } from './strategy.ts';
import type { ParameterValues, SliceBar, StrategyModule } from './types.ts';

/** Says what the calendar, a longer timeframe and a history show after each bar. */
const SOURCE = `import { Calendar, History, Parameter, Strategy, Timeframe, choice, integer, number } from 'tidemark';

export default class Telling extends Strategy {
  private what: Parameter = choice('what', ['calendar', 'timeframe', 'history', 'beyond', 'before'], 'What to tell.');
  private interval: Parameter = number('interval', 1000, -1, 1e12, 'Of the longer bars, in ms.');
  private length: Parameter = integer('length', 3, 0, 100, 'Of the history.');
  private calendar: Calendar = new Calendar();
  private longer: Timeframe = Timeframe.days(1);
  private history: History = new History(1);

  constructor() {
    super('telling', 'Telling', 'Tells.');
  }

  onStart(): void {
    this.longer = new Timeframe(this.interval.value);
    this.history = new History(this.length.int);
  }

  onBar(symbol: i32): void {
    const bar = this.bar(symbol);
    this.history.push(bar.close);
    this.calendar.next(this.time);
    const isDone = this.longer.next(this.time, bar);
    let told = '';
    if (this.what.is('calendar')) {
      told = (i32(this.calendar.isNewDay) + 2 * i32(this.calendar.isNewWeek) + 4 * i32(this.calendar.isNewMonth)).toString();
    } else if (this.what.is('timeframe')) {
      const it = this.longer;
      told = [f64(isDone), it.time, it.open, it.high, it.low, it.close, it.volume].join(' ');
    } else if (this.what.is('history')) {
      const values: f64[] = [f64(this.history.count), f64(this.history.isFull)];
      for (let back = 0; back < this.history.length; back++) values.push(this.history.ago(back));
      told = values.join(' ');
    } else {
      this.history.ago(this.what.is('beyond') ? this.length.int : -1);
    }
    this.target(symbol, 0, told);
  }
}
`;

let module: StrategyModule;

beforeAll(async () => {
  const result = await compileStrategy(SOURCE);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  ({ module } = result);
});
afterAll(closeCompiler);

interface TimedBar extends SliceBar {
  readonly atMs: number;
}

/** The numbers that the strategy told after each bar. */
function tell(parameters: ParameterValues, bars: readonly TimedBar[]): readonly (readonly number[])[] {
  const instance = openStrategy(module, { parameters, symbols: ['AAA'] });
  return bars.map((bar) => {
    const [wish] = instance.onBars({ atMs: bar.atMs, bars: [bar], positions: [0], cash: 0, equity: 0 });
    return (wish?.reason ?? '').split(' ').map(Number);
  });
}

const flat = (atMs: number, close = 1): TimedBar => ({ atMs, open: close, high: close, low: close, close, volume: 1 });

const DAY_MS = 86_400_000;

describe('the calendar', () => {
  /** The Monday of a date, by JavaScript's calendar. */
  const mondayOf = (date: Date): number => Math.floor(date.getTime() / DAY_MS) - ((date.getUTCDay() + 6) % 7);
  const monthOf = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth();

  function expectAsDate(instants: readonly number[]): void {
    const told = tell(
      { what: 'calendar' },
      instants.map((atMs) => flat(atMs)),
    );
    const expected = instants.map((atMs, index) => {
      const before = instants[index - 1];
      const [now, then] = [new Date(atMs), before === undefined ? undefined : new Date(before)];
      const isNewDay = then?.toISOString().slice(0, 10) !== now.toISOString().slice(0, 10);
      const isNewWeek = then === undefined || mondayOf(then) !== mondayOf(now);
      const isNewMonth = then === undefined || monthOf(then) !== monthOf(now);
      return [Number(isNewDay) + 2 * Number(isNewWeek) + 4 * Number(isNewMonth)];
    });
    expect(told).toEqual(expected);
  }

  test('every day of 1896 to 2104, across leap years, a century that is none and one that is', () => {
    const first = Date.UTC(1896, 0, 1) / DAY_MS;
    const last = Date.UTC(2104, 11, 31) / DAY_MS;
    expectAsDate(Array.from({ length: last - first + 1 }, (_, day) => (first + day) * DAY_MS));
  });

  test('both ends of days, and instants in between', () => {
    const ends = [2000, 2023, 2024, 2100].flatMap((year) =>
      Array.from({ length: 366 }, (_, day) => [0, 43_200_000, DAY_MS - 1].map((ms) => Date.UTC(year, 0, 1 + day) + ms)).flat(),
    );
    expectAsDate(ends);
  });

  test('instants with gaps of any length', () => {
    const gap = fc.oneof(fc.integer({ min: 1, max: DAY_MS }), fc.integer({ min: 1, max: 800 * DAY_MS }));
    const start = fc.integer({ min: Date.UTC(1850, 0), max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(start, fc.array(gap, { maxLength: 60 }), (first, gaps) => {
        let atMs = first;
        expectAsDate([first, ...gaps.map((each) => (atMs += each))]);
      }),
      { numRuns: 150 },
    );
  });
});

const price = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const bar = fc
  .record({ a: price, b: price, c: price, d: price, volume: fc.nat(1_000), gap: fc.integer({ min: 1, max: 50 }) })
  .map(({ a, b, c, d, ...rest }) => ({ open: a, close: b, high: Math.max(a, b, c, d), low: Math.min(a, b, c, d), ...rest }));

/** The longer bars that are over when a base bar comes: whole intervals before its own. */
function aggregate(bars: readonly TimedBar[], interval: number, at: number): readonly number[] {
  const intervalOf = ({ atMs }: TimedBar): number => Math.floor(atMs / interval);
  const [own, before] = [bars[at], bars[at - 1]];
  if (own === undefined) throw new Error('there is no such bar');
  const over = bars.slice(0, at + 1).filter((each) => intervalOf(each) < intervalOf(own));
  const newest = over.at(-1);
  const isDone = before !== undefined && intervalOf(before) < intervalOf(own);
  if (newest === undefined) return [Number(isDone), ...Array.from({ length: 6 }, () => Number.NaN)];
  const parts = over.filter((each) => intervalOf(each) === intervalOf(newest));
  const [high, low] = [Math.max(...parts.map((each) => each.high)), Math.min(...parts.map((each) => each.low))];
  const volume = parts.reduce((sum, each) => sum + each.volume, 0);
  return [Number(isDone), intervalOf(newest) * interval, parts[0]?.open ?? 0, high, low, newest.close, volume];
}

describe('a timeframe', () => {
  test('shows what a plain aggregation of whole intervals before this bar shows, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(bar, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 120 }),
        fc.integer(),
        (drawn, interval, start) => {
          let atMs = start;
          const bars = drawn.map(({ gap, ...each }) => ({ ...each, atMs: (atMs += gap) }));
          const told = tell({ what: 'timeframe', interval }, bars);
          expect(told).toEqual(bars.map((_, at) => aggregate(bars, interval, at)));
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([0, -1])('an interval of %d ms is refused', (interval) => {
    expect(() => tell({ interval }, [])).toThrow('The interval of a timeframe must be above 0 ms');
  });
});

describe('a history', () => {
  test('shows the last values, newest first, and not-a-number where there is none yet', () => {
    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (closes, length) => {
        const told = tell(
          { what: 'history', length },
          closes.map((close, at) => flat(at, close)),
        );
        const expected = closes.map((_, at) => {
          const values = Array.from({ length }, (__, back) => closes[at - back] ?? Number.NaN);
          return [at + 1, Number(at + 1 >= length), ...values];
        });
        expect(told).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('keeps at least one value', () => expect(() => tell({ length: 0 }, [])).toThrow('A history keeps at least one value'));

  test.each(['beyond', 'before'])('does not answer %s what it keeps', (what) => {
    expect(() => tell({ what }, [flat(0)])).toThrow('A history does not reach so far back');
  });
});
