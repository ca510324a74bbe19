import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeCompiler, compileStrategy } from './compile.ts';
import { openIndicators } from './indicators.node.ts';
import type { PriceColumns } from './indicators.ts';
import { barsAround, walk } from './reference-series.ts';
import { openStrategy } from './strategy.ts';
import type { SliceBar, StrategyModule } from './types.ts';

/** How a strategy makes and reads each indicator, and what gives the same outside; `a` and `b` are the bars of two symbols. */
const USES = [
  { name: 'VWAP', field: 'new Vwap(20)', next: 'it.next(a.high, a.low, a.close, a.volume)', output: 0 },
  { name: 'KELTNER', field: 'new Keltner(20)', next: 'it.next(a.high, a.low, a.close)', value: 'it.lower', output: 2 },
  { name: 'DONCHIAN', field: 'new Donchian(20)', next: 'it.next(a.high, a.low)', value: 'it.middle', output: 1 },
  { name: 'SUPERTREND', field: 'new Supertrend(10)', next: 'it.next(a.high, a.low, a.close)', value: 'it.value * it.direction', output: 0 },
  { name: 'ICHIMOKU', field: 'new Ichimoku()', next: 'it.next(a.high, a.low, a.close)', value: 'it.senkouB', output: 3 },
  { name: 'HEIKIN_ASHI', field: 'new HeikinAshi()', next: 'it.next(a.open, a.high, a.low, a.close)', value: 'it.low', output: 2 },
  { name: 'ZSCORE', field: 'new ZScore(20)', next: 'it.next(a.close)', output: 0 },
  { name: 'CORREL', field: 'new Correlation(30)', next: 'it.next(a.close, b.close)', output: 0 },
  { name: 'BETA', field: 'new Beta(5)', next: 'it.next(a.close, b.close)', output: 0 },
  { name: 'HURST', field: 'new Hurst(100)', next: 'it.next(a.close)', output: 0 },
  { name: 'CHANDELIER', field: 'new Chandelier(22)', next: 'it.next(a.high, a.low, a.close)', value: 'it.short', output: 1 },
  {
    name: 'VOLUME_PROFILE',
    field: 'new VolumeProfile(50)',
    next: 'it.next(a.high, a.low, a.close, a.volume)',
    value: 'it.areaHigh',
    output: 1,
  },
  { name: 'RV_CLOSE', field: 'new CloseVolatility(20)', next: 'it.next(a.close)', output: 0 },
  { name: 'RV_PARKINSON', field: 'new ParkinsonVolatility(20)', next: 'it.next(a.high, a.low)', output: 0 },
  { name: 'RV_GARMAN_KLASS', field: 'new GarmanKlassVolatility(20)', next: 'it.next(a.open, a.high, a.low, a.close)', output: 0 },
  { name: 'RV_YANG_ZHANG', field: 'new YangZhangVolatility(20)', next: 'it.next(a.open, a.high, a.low, a.close)', output: 0 },
  { name: 'FRACDIFF', field: 'new FractionalDifference(0.4, 100)', next: 'it.next(a.close)', output: 0 },
] as const;

const classOf = ({ field }: (typeof USES)[number]): string => /new (\w+)/.exec(field)?.[1] ?? '';

/** A strategy that says the indicator of its parameter as its reason. */
const SOURCE = `import { Bar, Parameter, Strategy, choice, ${USES.map((use) => classOf(use)).join(', ')} } from 'tidemark';

export default class Speaking extends Strategy {
  private which: Parameter = choice('which', [${USES.map(({ name }) => `'${name.toLowerCase()}'`).join(', ')}], 'Which indicator.');
${USES.map((use) => `  private it${use.name}: ${classOf(use)} = ${use.field};`).join('\n')}

  constructor() {
    super('speaking', 'Speaking', 'Says an indicator.');
  }

  onBars(): void {
    const a = this.bar(0);
    const b = this.bar(1);
${USES.map((use) => `    if (this.which.is('${use.name.toLowerCase()}')) this.say${use.name}(a, b);`).join('\n')}
  }

${USES.map((use) => {
  const own = (text: string): string => text.replaceAll(/\bit\b/g, `this.it${use.name}`);
  const body =
    'value' in use
      ? `${own(use.next)};\n    this.target(0, 0, (${own(use.value)}).toString());`
      : `this.target(0, 0, ${own(use.next)}.toString());`;
  return `  private say${use.name}(a: Bar, b: Bar): void {\n    ${body}\n  }`;
}).join('\n\n')}
}
`;

const A = barsAround(walk(220, 31), 1);
const B = barsAround(walk(220, 37), 1);

function barAt({ open, high, low, close, volume }: PriceColumns, i: number): SliceBar {
  const at = (values: Float64Array): number => values[i] ?? NaN;
  return { open: at(open), high: at(high), low: at(low), close: at(close), volume: at(volume) };
}

const indicators = await openIndicators();
let module: StrategyModule;

beforeAll(async () => {
  const result = await compileStrategy(SOURCE);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  ({ module } = result);
});
afterAll(closeCompiler);

describe('a strategy sees what the indicators say, to the bit', () => {
  test.each(USES)('$name', ({ name, output }) => {
    const instance = openStrategy(module, { parameters: { which: name.toLowerCase() }, symbols: ['AAA', 'BBB'] });
    const said = Array.from(A.close, (_, i) => {
      const slice = { atMs: i, bars: [barAt(A, i), barAt(B, i)], positions: [0, 0], cash: 0, equity: 0 };
      return Number(instance.onBars(slice)[0]?.reason);
    });
    // Two symbols stand outside for two columns.
    const bars = name === 'CORREL' || name === 'BETA' ? { ...A, high: A.close, low: B.close } : A;
    const outputs = indicators.compute(name, {}, bars).map(({ values }) => values);
    const expected = outputs[output]?.map((x, i) => (name === 'SUPERTREND' ? x * (outputs[1]?.[i] ?? NaN) : x));
    expect(said).toEqual(Array.from(expected ?? []));
    expect(said.filter((x) => Number.isFinite(x)).length).toBeGreaterThan(100);
  });
});
