import { afterAll, describe, expect, test } from 'vitest';
import { builtInStrategies, compileBuiltIn } from './built-ins.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { SOURCE_CHARACTERS_MAX } from './source-length.ts';
import { inspectModule } from './inspect.ts';

afterAll(closeCompiler);

const GOOD = `import { Parameter, Strategy, choice, integer, number } from 'tidemark';

export default class BuyAndHold extends Strategy {
  private bars: Parameter = integer('bars', 3, 1, 10, 'Bars to wait.');
  private share: Parameter = number('share', 0.5, 0, 1, 'Exposure.');
  private way: Parameter = choice('way', ['up', 'down'], 'Which way.');

  constructor() {
    super('buy-and-hold', 'Buy and hold', 'Buys once.');
    // Loop
  }

  onBar(symbol: i32): void {
    if (this.position(symbol) == 0) this.target(symbol, this.way.is('up') ? this.share.value : -this.share.value, 'once');
  }
}
`;

const line = (text: string): number => GOOD.split('\n').findIndex((each) => each.includes(text)) + 1;

test('a source becomes a described module, and the same source the same bytes', async () => {
  const first = await compileStrategy(GOOD, { name: 'mine.ts' });
  const second = await compileStrategy(GOOD, { name: 'other.ts' });
  if (!first.ok || !second.ok) throw new Error(JSON.stringify([first, second]));
  expect(first.module.version).toMatch(/^[0-9a-f]{64}$/);
  expect(second.module.version).toBe(first.module.version);
  expect(Buffer.from(second.module.wasm).equals(Buffer.from(first.module.wasm))).toBe(true);
  expect(first.module.description).toEqual({
    name: 'buy-and-hold',
    title: 'Buy and hold',
    description: 'Buys once.',
    abi: 2,
    reusable: true,
    parameters: [
      { name: 'bars', kind: 'integer', default: 3, min: 1, max: 10, description: 'Bars to wait.' },
      { name: 'share', kind: 'number', default: 0.5, min: 0, max: 1, description: 'Exposure.' },
      { name: 'way', kind: 'choice', default: 0, min: 0, max: 1, choices: ['up', 'down'], description: 'Which way.' },
    ],
  });
  expect(inspectModule(first.module.wasm)).toEqual({ ok: true, description: first.module.description });
  const names = WebAssembly.Module.imports(new WebAssembly.Module(first.module.wasm)).map((each) => `${each.module}.${each.name}`);
  expect(names).toEqual(['env.abort']);
});

test('another source is another version', async () => {
  const first = await compileStrategy(GOOD);
  const second = await compileStrategy(GOOD.replace("'once'", "'twice'"));
  expect(first.ok && second.ok && first.module.version !== second.module.version).toBe(true);
});

describe('errors stand in the line and column of the author', () => {
  const cases = [
    { name: 'a syntax error', from: 'onBar(symbol: i32)', to: 'onBar(symbol: i32', line: line('onBar'), column: 17 },
    { name: 'an unknown name', from: "'once');", to: 'missing);', line: line("'once'"), column: 115, message: /missing/ },
    {
      name: 'a wrong type',
      from: 'private bars: Parameter = integer',
      to: 'private bars: i32 = integer',
      line: 4,
      column: 23,
      message: /not assignable/,
    },
    { name: 'no such method', from: 'this.target(', to: 'this.buy(', line: line('this.target'), column: 42, message: /buy/ },
    {
      name: 'memory behind the back',
      from: 'if (this.position',
      to: 'load<f64>(1024); if (this.position',
      line: line('this.position(symbol) == 0'),
      column: 5,
      message: /unsafe/i,
    },
    {
      name: 'a type that is not one',
      from: 'if (this.position',
      to: 'changetype<usize>(this); if (this.position',
      line: line('this.position(symbol) == 0'),
      column: 5,
      message: /changetype/,
    },
    {
      name: 'a decorator of the runtime',
      from: 'export default',
      to: '@global function own(): void {}\nexport default',
      line: 3,
      column: 1,
      message: /@global/,
    },
    { name: 'an import from elsewhere', from: "from 'tidemark'", to: "from 'fs'", line: 1, column: 62, message: /'tidemark' only/ },
    {
      name: 'an import of the kernel',
      from: "from 'tidemark'",
      to: "from 'tidemark/kernel/run'",
      line: 1,
      column: 62,
      message: /'tidemark' only/,
    },
    {
      name: 'an import of the entry',
      from: 'export default',
      to: "export * from './module';\nexport default",
      line: 3,
      column: 15,
      message: /'tidemark' only/,
    },
    { name: 'randomness', from: 'this.share.value :', to: 'Math.random() :', line: line('this.target'), column: 77, message: /random/ },
    { name: 'the clock', from: 'this.share.value :', to: 'f64(Date.now()) :', line: line('this.target'), column: 81, message: /clock/ },
    {
      name: 'a host function of its own',
      from: 'export default',
      to: 'declare function evil(): void;\nevil();\nexport default',
      line: 3,
      column: 1,
      message: /not allowed/,
    },
    { name: 'no default export', from: 'export default class', to: 'export class', line: 1, column: 1, message: /export default class/ },
    {
      name: 'no title',
      from: "super('buy-and-hold', 'Buy and hold', 'Buys once.')",
      to: 'super()',
      line: line('super('),
      column: 5,
      message: /argument/,
    },
    { name: 'a bad name', from: "'buy-and-hold'", to: "'Buy & hold'", line: 1, column: 1, message: /lower-case/ },
    { name: 'a default out of bounds', from: "'bars', 3, 1, 10", to: "'bars', 30, 1, 10", line: 1, column: 1, message: /default of bars/ },
    { name: 'a parameter declared twice', from: "'share'", to: "'bars'", line: 1, column: 1, message: /declared twice/ },
  ];
  test.each(cases)('$name', async ({ from, to, line, column, message }) => {
    expect(GOOD).toContain(from);
    const result = await compileStrategy(GOOD.replace(from, to), { name: 'mine.ts' });
    if (result.ok) throw new Error('It compiled.');
    expect(result.errors[0]).toMatchObject({ file: 'mine.ts', line, column, message: expect.stringMatching(message ?? /./) });
  });
});

test('a source that is too long is refused', async () => {
  const result = await compileStrategy(`${GOOD}//${'x'.repeat(SOURCE_CHARACTERS_MAX)}`);
  expect(result).toMatchObject({ ok: false, errors: [{ line: 1, column: 1, message: expect.stringContaining('at most') }] });
});

test('a source that loops while it describes itself is ended, and the compiler is healthy afterwards', async () => {
  const stuck = compileStrategy(GOOD.replace('// Loop', 'while (true) {}'), { deadlineMs: 6_000 });
  const next = compileStrategy(GOOD);
  expect(await stuck).toMatchObject({ ok: false, errors: [{ message: expect.stringContaining('endless loop') }] });
  expect(await next).toMatchObject({ ok: true });
});

test.each([
  { name: 'brackets', text: `${'('.repeat(20_000)}1${')'.repeat(20_000)}` },
  { name: 'sums', text: `1${'+1'.repeat(25_000)}` },
])('a source of very deep $name is an error, and the compiler is healthy afterwards', async ({ text }) => {
  const result = await compileStrategy(GOOD.replace('// Loop', `const deep = ${text};`));
  expect(result).toMatchObject({ ok: false, errors: [{ file: 'strategy.ts', message: expect.stringContaining('nested very deeply') }] });
  expect(await compileStrategy(GOOD)).toMatchObject({ ok: true });
});

test('a strategy that fails while it describes itself says why', async () => {
  const result = await compileStrategy(GOOD.replace('// Loop', "if (this.name.length > 0) throw new Error('no luck');"));
  expect(result).toMatchObject({ ok: false, errors: [{ message: expect.stringContaining('no luck (line 10, column 31)') }] });
});

test('built-in strategies have the name of their file and are found by it', async () => {
  const built = builtInStrategies();
  expect(built.map(({ name }) => name)).toEqual(expect.arrayContaining(['rsi-reversion', 'sma-crossover']));
  for (const { name } of built) expect((await compileBuiltIn(name)).description.name).toBe(name);
  await expect(compileBuiltIn('nonsense')).rejects.toThrow('no built-in strategy "nonsense"');
});
