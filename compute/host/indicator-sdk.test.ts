import { afterAll, expect, test } from 'vitest';
import { closeCompiler, compileStrategy } from './compile.ts';
import { openIndicators } from './indicators.node.ts';
import type { PriceColumns } from './indicators.ts';
import { openStrategy } from './strategy.ts';
import type { ParameterValues } from './types.ts';

afterAll(closeCompiler);

interface Use {
  /** The field of the strategy. */
  readonly field: string;
  /** What a strategy says at each bar. */
  readonly says: string;
  /** The same indicator in the registry. */
  readonly name: string;
  readonly parameters: ParameterValues;
  readonly output?: number;
}

const PERIOD = { timeperiod: 7 };
const USES: readonly Use[] = [
  { field: 'a: TrueRange = new TrueRange()', says: 'this.a.next(b.high, b.low, b.close)', name: 'TRANGE', parameters: {} },
  { field: 'b: Natr = new Natr(7)', says: 'this.b.next(b.high, b.low, b.close)', name: 'NATR', parameters: PERIOD },
  { field: 'c: Adx = new Adx(7)', says: 'this.c.next(b.high, b.low, b.close)', name: 'ADX', parameters: PERIOD },
  { field: 'd: PlusDi = new PlusDi(7)', says: 'this.d.next(b.high, b.low, b.close)', name: 'PLUS_DI', parameters: PERIOD },
  { field: 'e: MinusDi = new MinusDi(7)', says: 'this.e.next(b.high, b.low, b.close)', name: 'MINUS_DI', parameters: PERIOD },
  { field: 'f: Cci = new Cci(7)', says: 'this.f.next(b.high, b.low, b.close)', name: 'CCI', parameters: PERIOD },
  { field: 'g: WilliamsR = new WilliamsR(7)', says: 'this.g.next(b.high, b.low, b.close)', name: 'WILLR', parameters: PERIOD },
  {
    field: 'h: UltimateOscillator = new UltimateOscillator()',
    says: 'this.h.next(b.high, b.low, b.close)',
    name: 'ULTOSC',
    parameters: {},
  },
  {
    field: 'i: MoneyFlowIndex = new MoneyFlowIndex(7)',
    says: 'this.i.next(b.high, b.low, b.close, b.volume)',
    name: 'MFI',
    parameters: PERIOD,
  },
  { field: 'j: OnBalanceVolume = new OnBalanceVolume()', says: 'this.j.next(b.close, b.volume)', name: 'OBV', parameters: {} },
  {
    field: 'k: AccumulationDistribution = new AccumulationDistribution()',
    says: 'this.k.next(b.high, b.low, b.close, b.volume)',
    name: 'AD',
    parameters: {},
  },
  { field: 'l: AroonOscillator = new AroonOscillator(7)', says: 'this.l.next(b.high, b.low)', name: 'AROONOSC', parameters: PERIOD },
  { field: 'm: ParabolicSar = new ParabolicSar()', says: 'this.m.next(b.high, b.low)', name: 'SAR', parameters: {} },
  { field: 'n: Aroon = new Aroon(7)', says: 'this.n.up', name: 'AROON', parameters: PERIOD, output: 1 },
  { field: 'o: Stochastic = new Stochastic(7, 3, 3)', says: 'this.o.slowd', name: 'STOCH', parameters: { fastk: 7 }, output: 1 },
];

const SOURCE = `import { ${USES.map(({ field }) => field.replace(/^\w: (\w+).*/, '$1')).join(', ')}, Strategy } from 'tidemark';

export default class Sayer extends Strategy {
  ${USES.map(({ field }) => `private ${field};`).join('\n  ')}

  constructor() {
    super('sayer', 'Sayer', 'Says what its indicators say.');
  }

  onBar(symbol: i32): void {
    const b = this.bar(symbol);
    this.n.next(b.high, b.low);
    this.o.next(b.high, b.low, b.close);
    const said: f64[] = [${USES.map(({ says }) => says).join(', ')}];
    this.target(symbol, 0, said.join(' '));
  }
}
`;

function bars(length: number): PriceColumns {
  const close = Float64Array.from({ length }, (_, i) => 100 + 9 * Math.sin(i / 5) + ((i * 7919) % 101) / 40);
  const high = close.map((x, i) => x + ((i * 31) % 17) / 9);
  const low = close.map((x, i) => x - ((i * 37) % 13) / 9);
  return { open: close, high, low, close, volume: close.map((_, i) => (i * 131) % 1000) };
}

test('a strategy sees, bar by bar and to the bit, what charts and files show', async () => {
  const compiled = await compileStrategy(SOURCE);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  const columns = bars(80);
  const at = (values: Float64Array, i: number): number => values[i] ?? NaN;
  const strategy = openStrategy(compiled.module, { parameters: {}, symbols: ['AAA'] });
  const said = Array.from(columns.close, (close, i) => {
    const bar = { open: close, high: at(columns.high, i), low: at(columns.low, i), close, volume: at(columns.volume, i) };
    const [target] = strategy.onBars({ atMs: i * 60_000, cash: 1, equity: 1, bars: [bar], positions: [0] });
    return (target?.reason ?? '').split(' ').map(Number);
  });
  const indicators = await openIndicators();
  USES.forEach(({ name, parameters, output }, k) => {
    const shown = indicators.compute(name, parameters, columns)[output ?? 0]?.values;
    expect([name, said.map((values) => values[k])]).toEqual([name, Array.from(shown ?? [])]);
  });
});
