import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { noise } from './reference-series.ts';
import type { BacktestDecision, BarSeries, StrategyModule } from './types.ts';

afterAll(closeCompiler);

interface Fence {
  readonly info: string;
  readonly body: string;
  readonly line: number;
}

const text = readFileSync(new URL('../../docs/how-to/add-a-strategy.md', import.meta.url), 'utf8');

/** Fenced blocks with the words behind their opening fence. */
function fencesOf(markdown: string): readonly Fence[] {
  return [...markdown.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, info = '', body = ''], index, all) => ({
    info: info.trim(),
    body,
    line: markdown.slice(0, all[index]?.index).split('\n').length,
  }));
}

const fences = fencesOf(text);
const nameOf = (source: string): string => /super\(\s*'([^']+)'/.exec(source)?.[1] ?? '';
const examples = fences.filter(({ info }) => info === 'ts').map((fence) => ({ ...fence, name: nameOf(fence.body) }));

/** Daily bars of a walk that turns around now and then. */
function walkOf(seed: number): BarSeries {
  const bars = 700;
  const draws = noise(bars * 3, seed);
  const draw = (bar: number, place: number): number => draws[bar * 3 + place] ?? 0;
  const close = new Float64Array(bars);
  let price = 100;
  for (let bar = 0; bar < bars; bar += 1) close[bar] = price *= 1 + (draw(bar, 0) - 0.5) / 20 + Math.sin(bar / 40 + seed) / 300;
  const open = close.map((_, bar) => (bar === 0 ? 100 : (close[bar - 1] ?? 0)) * (1 + (draw(bar, 1) - 0.5) / 200));
  const reach = (bar: number): number => 1 + draw(bar, 2) / 100;
  return {
    length: bars,
    startAtMs: close.map((_, bar) => Date.UTC(2020, 0, 1 + bar)),
    open,
    close,
    high: close.map((value, bar) => Math.max(value, open[bar] ?? 0) * reach(bar)),
    low: close.map((value, bar) => Math.min(value, open[bar] ?? 0) / reach(bar)),
    volume: close.map(() => 1e6),
  };
}

const series = ['AAA', 'BBB', 'CCC'].map((symbol, index) => ({ symbol, bars: walkOf(7 + index) }));
const options = { ...DEFAULT_BACKTEST_OPTIONS, unaffordable: 'reduce' as const };

const modules = new Map<string, Promise<StrategyModule>>();

function compile({ body, name }: (typeof examples)[number]): Promise<StrategyModule> {
  const compiling = async (): Promise<StrategyModule> => {
    const result = await compileStrategy(body, { name: `${name}.ts` });
    if (!result.ok) throw new Error(JSON.stringify(result.errors));
    return result.module;
  };
  const known = modules.get(name) ?? compiling();
  modules.set(name, known);
  return known;
}

/** Everything decided with each value of each choice. */
async function decide(example: (typeof examples)[number]): Promise<readonly BacktestDecision[]> {
  const module = await compile(example);
  const choices = module.description.parameters.flatMap(({ name, choices: values = [] }) => values.map((value) => ({ [name]: value })));
  return [{}, ...choices].flatMap((parameters) => runBacktest({ module, parameters, series, options }).decisions);
}

test('every fence says what it is, and every example is a strategy of another name', () => {
  expect(fences.map(({ info }) => info).filter((info) => !['ts', 'ts refused', 'text', 'sh'].includes(info))).toEqual([]);
  expect(examples.length).toBeGreaterThanOrEqual(8);
  expect(new Set(examples.map(({ name }) => name)).size).toBe(examples.length);
});

describe('each example of the page compiles, and decides something on bars', () => {
  test.each(examples)('$name (line $line)', async (example) => {
    const decisions = await decide(example);
    expect(decisions.length).toBeGreaterThan(0);
    expect(decisions.every(({ reason }) => reason !== '')).toBe(true);
  });
});

test('together they show every kind of wish, in every measure, and that orders fill', async () => {
  const all = (await Promise.all(examples.map(decide))).flat();
  const kinds = ['cancel', 'limit', 'market', 'protect', 'stop', 'stop-limit', 'target', 'trailing'];
  expect([...new Set(all.map(({ kind }) => kind))].toSorted()).toEqual(kinds);
  const targets = all.filter(({ kind }) => kind === 'target');
  expect([...new Set(targets.map(({ measure }) => measure))].toSorted()).toEqual(['exposure', 'notional', 'units', 'weight']);
  const desk = examples.find(({ name }) => name === 'order-desk');
  if (desk === undefined) throw new Error('The page has no order desk');
  const { trades } = runBacktest({ module: await compile(desk), parameters: {}, series, options });
  expect(trades.length).toBeGreaterThan(10);
});

test('the example that is refused is refused in these words', async () => {
  const at = fences.findIndex(({ info }) => info === 'ts refused');
  const source = fences[at]?.body ?? '';
  const result = await compileStrategy(source, { name: `${nameOf(source)}.ts` });
  if (result.ok) throw new Error('It compiled.');
  const told = result.errors.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}\n`).join('');
  expect(fences[at + 1]).toMatchObject({ info: 'text', body: told });
});
