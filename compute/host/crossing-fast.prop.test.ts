import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { compileBuiltIn } from './built-ins.ts';
import { openKernel, type BacktestRequest } from './kernel-run.ts';
import { readResult } from './simulate.ts';
import { randomBars } from './random-bars.ts';
import type { BacktestOptions, BacktestResult, BarSeries, CorporateAction, ParameterValues } from './types.ts';

const module = await compileBuiltIn('sma-crossover');

/** Between two crossings the fast way does not ask the strategy; nobody may be able to tell. */
const parameters: fc.Arbitrary<ParameterValues> = fc.record({
  fast: fc.integer({ min: 1, max: 6 }),
  slow: fc.integer({ min: 7, max: 20 }),
  direction: fc.constantFrom('long', 'longshort'),
  arm: fc.constantFrom('cross', 'strict'),
  stopLoss: fc.constantFrom(0, 0, 0.02, 0.1),
  takeProfit: fc.constantFrom(0, 0, 0.03),
  limitOffset: fc.constantFrom(0, 0, 0.01),
});

const options: fc.Arbitrary<BacktestOptions> = fc
  .record({
    cash: fc.constantFrom(1_000, 100_000),
    commissionRate: fc.constantFrom(0, 0.001),
    commissionFixed: fc.constantFrom(0, 1),
    commissionMinimum: fc.constantFrom(0, 2),
    slippageBps: fc.constantFrom(0, 5),
    fill: fc.constantFrom('next-open' as const, 'same-close' as const, 'spread' as const, 'volume-share' as const, 'square-root' as const),
    spreadBps: fc.constantFrom(0, 10),
    size: fc.constantFrom<BacktestOptions['size']>(
      { kind: 'all' },
      { kind: 'units', units: 10 },
      { kind: 'equity', fraction: 0.9, at: 'signal' },
    ),
    wholeUnits: fc.boolean(),
    unaffordable: fc.constantFrom('refuse' as const, 'reduce' as const),
    protectiveFrom: fc.constantFrom('entry-bar' as const, 'next-bar' as const),
    leverage: fc.constantFrom(null, null, 2),
    cashRate: fc.constantFrom(0, 0, 0.05),
    borrowRate: fc.constantFrom(0, 0, 0.05),
  })
  .map((each) => ({ ...DEFAULT_BACKTEST_OPTIONS, ...each }));

const actions: fc.Arbitrary<readonly CorporateAction[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        atMs: fc.integer({ min: 1, max: 300 }).map((hours) => hours * 3_600_000),
        ratio: fc.constantFrom(1, 2),
        dividend: fc.constantFrom(0, 0.1),
      }),
      { maxLength: 3 },
    ),
  },
);

interface Situation {
  readonly bars: BarSeries;
  readonly parameters: ParameterValues;
  readonly options: BacktestOptions;
  readonly actions: readonly CorporateAction[];
}

const situation: fc.Arbitrary<Situation> = fc.record({ bars: randomBars(200), parameters, options, actions });

const requestOf = ({ bars, actions: own, ...rest }: Situation, fast: boolean): BacktestRequest => {
  return { module, series: [{ symbol: 'AAA', bars }], actions: { AAA: own }, fast, ...rest };
};

function runInPieces(each: Situation, pieces: readonly number[]): BacktestResult {
  const request = requestOf(each, true);
  const run = openKernel(request);
  let done = 0;
  for (let piece = 0; done < run.times.length; piece += 1) done = run.advance(pieces[piece % pieces.length] ?? 1);
  return readResult(run, request, run.finish(), { hash: '' });
}

describe('from crossing to crossing, as bar by bar', () => {
  test('each run goes the way that it is told, or there is nothing to compare', () => {
    fc.assert(
      fc.property(situation, fc.boolean(), (each, fast) => {
        const run = openKernel(requestOf(each, fast));
        run.advance(run.times.length);
        expect(run.goesFast()).toBe(fast);
      }),
      { numRuns: 50 },
    );
  });

  test('the same bytes', () => {
    let trades = 0;
    fc.assert(
      fc.property(situation, (each) => {
        const fast = runBacktest(requestOf(each, true));
        expect(JSON.stringify(fast)).toBe(JSON.stringify(runBacktest(requestOf(each, false))));
        trades += fast.trades.length;
      }),
      { numRuns: 400 },
    );
    expect(trades).toBeGreaterThan(400);
  });

  test('in pieces of any size', () => {
    fc.assert(
      fc.property(situation, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }), (each, pieces) => {
        const { data: _, ...whole } = runBacktest(requestOf(each, false));
        const { data: __, ...inPieces } = runInPieces(each, pieces);
        expect(JSON.stringify(inPieces)).toBe(JSON.stringify(whole));
      }),
      { numRuns: 200 },
    );
  });

  // The fast way works its filters out over 1,024 bars at a time.
  test.each([1023, 1024, 1025, 2047, 2048, 2049, 3000])('%i bars', (length) => {
    const [bars] = fc.sample(randomBars(length, length), { numRuns: 1, seed: length });
    if (bars === undefined) throw new Error('Invariant: a sample of one');
    // Many pairs, so that some of them cross at the very border.
    const pairs = [1, 2, 3, 4].flatMap((fast) => [5, 6, 7, 8, 9].map((slow) => ({ fast, slow })));
    for (const [index, pair] of pairs.entries())
      for (const arm of ['cross', 'strict']) {
        const direction = index % 2 === 0 ? 'long' : 'longshort';
        const each = { bars, parameters: { ...pair, direction, arm }, options: DEFAULT_BACKTEST_OPTIONS, actions: [] };
        const fast = runBacktest(requestOf(each, true));
        expect(fast.trades.length).toBeGreaterThan(50);
        expect(JSON.stringify(fast)).toBe(JSON.stringify(runBacktest(requestOf(each, false))));
      }
  });
});
