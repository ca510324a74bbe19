import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { beforeAll, expect, test } from 'vitest';
import { openIndicators } from './indicators.node.ts';
import type { ParameterValues } from './types.ts';

/** A strategy calls `next` of a computation; this is how, and which indicator must give the same bits over all bars at once. */
interface Call {
  readonly name: string;
  readonly parameters: ParameterValues;
  readonly create: string;
  /** Fields that `next` moves on; empty where it returns the value. */
  readonly fields: readonly string[];
}

const call = (name: string, create: string, parameters: ParameterValues, ...fields: string[]): Call => ({
  name,
  parameters,
  create,
  fields,
});

const CALLS: readonly Call[] = [
  call('SMA', 'Sma(7)', { timeperiod: 7 }),
  call('EMA', 'Ema(7)', { timeperiod: 7 }),
  call('WMA', 'Wma(7)', { timeperiod: 7 }),
  call('DEMA', 'Dema(7)', { timeperiod: 7 }),
  call('TEMA', 'Tema(7)', { timeperiod: 7 }),
  call('TRIMA', 'Trima(8)', { timeperiod: 8 }),
  call('KAMA', 'Kama(7)', { timeperiod: 7 }),
  call('RSI', 'Rsi(7)', { timeperiod: 7 }),
  call('CMO', 'Cmo(7)', { timeperiod: 7 }),
  call('ROC', 'Roc(7)', { timeperiod: 7 }),
  call('MOM', 'Momentum(7)', { timeperiod: 7 }),
  call('TRIX', 'Trix(7)', { timeperiod: 7 }),
  call('LINEARREG', 'LinearRegression(7)', { timeperiod: 7 }),
  call('LINEARREG_SLOPE', 'LinearRegressionSlope(7)', { timeperiod: 7 }),
  call('MIN', 'Lowest(7)', { timeperiod: 7 }),
  call('MAX', 'Highest(7)', { timeperiod: 7 }),
  call('STDDEV', 'Deviation(7, 1.5)', { timeperiod: 7, nbdev: 1.5 }),
  call('VAR', 'Variance(7)', { timeperiod: 7 }),
  call('PPO', 'Ppo(5, 9)', { fast: 5, slow: 9 }),
  call('STOCHRSI', 'StochasticRsi(7, 5, 3)', { timeperiod: 7, fastk: 5, fastd: 3 }, 'fastk', 'fastd'),
  call('BBANDS', 'BollingerBands(7, 2, 1)', { timeperiod: 7, nbdevup: 2, nbdevdn: 1 }, 'upper', 'middle', 'lower'),
  call('MACD', 'Macd(5, 9, 4)', { fast: 5, slow: 9, signal: 4 }, 'macd', 'signal', 'hist'),
];

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ENTRY = 'assembly/sdk/next-entry.ts';

/** A module with a function for each call, which takes a price, and one for each further field. */
function source(): string {
  const classes = CALLS.map(({ create }) => create.slice(0, create.indexOf('('))).join(', ');
  const functions = CALLS.map(({ create, fields }, i) => {
    const made = `const made${i} = new ${create};`;
    if (fields.length === 0) return `${made} export function next${i}(x: f64): f64 { return made${i}.next(x); }`;
    const reads = fields.map((field) => `export function ${field}${i}(): f64 { return made${i}.${field}; }`).join(' ');
    return `${made} export function next${i}(x: f64): f64 { made${i}.next(x); return NaN; } ${reads}`;
  });
  return `import { ${classes} } from './index';\n${functions.join('\n')}`;
}

async function compileEntry(): Promise<Record<string, (x?: number) => number>> {
  let wasm = new Uint8Array(0);
  const { error } = await asc.main([ENTRY, '--baseDir', ROOT, '--outFile', 'module.wasm', '--runtime', 'minimal', '--enable', 'simd'], {
    readFile: async (name, base) => (name === ENTRY ? source() : readFile(`${base}/${name}`, 'utf8').catch(() => null)),
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') wasm = Uint8Array.from(contents);
    },
  });
  if (error) throw error;
  const abort = (): never => {
    throw new Error('The module aborted.');
  };
  const { instance } = await WebAssembly.instantiate(wasm, { env: { abort } });
  return instance.exports as Record<string, (x?: number) => number>;
}

let module: Record<string, (x?: number) => number>;
beforeAll(async () => {
  module = await compileEntry();
});

test.each(CALLS.map((each, i) => ({ ...each, i })))('$name: what a strategy gets bar by bar is what a chart shows', async (each) => {
  const indicators = await openIndicators();
  const close = Float64Array.from({ length: 500 }, (_, i) => 100 + 20 * Math.sin(i / 9) + ((i * 7919) % 101) / 13);
  const outputs = indicators.compute(each.name, each.parameters, { open: close, high: close, low: close, close, volume: close });
  expect(outputs.length).toBe(Math.max(1, each.fields.length));
  close.forEach((x, bar) => {
    const value = module[`next${each.i}`]?.(x);
    const values = each.fields.length === 0 ? [value] : each.fields.map((field) => module[`${field}${each.i}`]?.());
    expect([bar, ...values]).toEqual([bar, ...outputs.map((output) => output.values[bar])]);
  });
});
