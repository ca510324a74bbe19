import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { builtInStrategies, compileBuiltIn } from './built-ins.ts';
import { ParameterError } from './errors.ts';
import { openKernel, type BacktestRequest, type KernelRun } from './kernel-run.ts';
import { randomBars } from './random-bars.ts';
import type { BacktestOptions, ParameterSpec, ParameterValues, StrategyModule } from './types.ts';

const modules = await Promise.all(builtInStrategies().map(({ name }) => compileBuiltIn(name)));

/** What a value of a parameter binds as. Counts of bars are small, so that there is something to decide. */
function numberOf(spec: ParameterSpec): fc.Arbitrary<number> {
  if (spec.kind === 'number')
    return fc.integer({ min: 0, max: 1000 }).map((place) => spec.min + (place / 1000) * (Math.min(spec.max, 5) - spec.min));
  return fc.integer({ min: spec.min, max: Math.min(spec.max, Math.max(spec.min + 12, spec.min)) });
}

function valuesOf(module: StrategyModule, numbers: readonly number[]): ParameterValues {
  const named = module.description.parameters.map((spec, index) => {
    const number = numbers[index] ?? Number.NaN;
    return [spec.name, spec.kind === 'choice' ? (spec.choices?.[number] ?? '') : number] as const;
  });
  return Object.fromEntries(named);
}

/** All that a run leaves behind, to the bit. */
function outcome(run: KernelRun): unknown {
  run.advance(run.times.length);
  const metrics = run.finish();
  const rows = (['trades', 'denials'] as const).map((which) => [...run.rows(which).values].map(String));
  return JSON.stringify({ metrics, rows, equity: [...run.equity()] });
}

function openFresh(request: BacktestRequest): KernelRun | undefined {
  try {
    return openKernel(request);
  } catch (error) {
    if (error instanceof ParameterError) return undefined;
    throw error;
  }
}

const options: fc.Arbitrary<BacktestOptions> = fc
  .record({
    fill: fc.constantFrom('next-open' as const, 'same-close' as const, 'volume-share' as const),
    wholeUnits: fc.boolean(),
    unaffordable: fc.constantFrom('refuse' as const, 'reduce' as const),
    leverage: fc.constantFrom(null, 2),
    cashRate: fc.constantFrom(0, 0.05),
  })
  .map((each) => ({ ...DEFAULT_BACKTEST_OPTIONS, ...each }));

describe('a module that has served gives what a fresh one gives', () => {
  test.each(modules)('$description.name', (module) => {
    const { parameters } = module.description;
    const sets = fc.array(fc.tuple(...parameters.map(numberOf)), { minLength: 2, maxLength: 5 });
    const series = fc.tuple(randomBars(80, 20), randomBars(80, 20), randomBars(80, 20));
    let done = 0;
    fc.assert(
      fc.property(series, options, sets, fc.boolean(), (bars, chosen, all, fast) => {
        const many = bars.map((each, index) => ({ symbol: `S${index}`, bars: each }));
        const chosenSeries = module.description.name === 'pairs' ? many.slice(0, 2) : many;
        const base: BacktestRequest = { module, parameters: {}, series: chosenSeries, options: chosen, fast };
        const kernel = openKernel(base);
        const indexes = Int32Array.from(parameters, (_, index) => index);
        for (const numbers of all) {
          const isSound = kernel.renew(indexes, Float64Array.from(numbers));
          const fresh = openFresh({ ...base, parameters: valuesOf(module, numbers) });
          expect(isSound).toBe(fresh !== undefined);
          if (fresh === undefined) continue;
          expect(outcome(kernel)).toBe(outcome(fresh));
          done += 1;
        }
      }),
      // Most sets of pairs are refused: its entry must lie beyond its exit.
      { numRuns: module.description.name === 'pairs' ? 120 : 40 },
    );
    expect(done).toBeGreaterThan(20);
  });

  test('also where the run before was left in the middle', () => {
    const module = modules.find(({ description }) => description.name === 'sma-crossover');
    if (module === undefined) throw new Error('Invariant: a crossover is built in');
    fc.assert(
      fc.property(randomBars(120, 40), options, fc.nat(39), fc.boolean(), (bars, chosen, cut, fast) => {
        const base: BacktestRequest = {
          module,
          parameters: { fast: 2, slow: 5 },
          series: [{ symbol: 'AAA', bars }],
          options: chosen,
          fast,
        };
        const kernel = openKernel(base);
        kernel.advance(cut);
        expect(kernel.renew(Int32Array.of(), Float64Array.of())).toBe(true);
        expect(outcome(kernel)).toBe(outcome(openKernel(base)));
      }),
      { numRuns: 60 },
    );
  });
});
