import { expect, test } from 'vitest';
import { moduleFromBytes } from './built-ins.ts';
import { call, DROP, forever, handMadeBytes, handMadeStrategy, i32, importOf, unsigned, type HandMade } from './hand-made-module.ts';
import { inspectModule, MODULE_BYTES_MAX } from './inspect.ts';
import { openStrategy } from './strategy.ts';
import { withCustomSection } from './wasm-sections.ts';

const PAGES_4_GIB = 65_536;
const memory = (...limits: readonly number[]): HandMade => ({ memories: [limits] });
const repeat = (count: number, code: readonly number[]): number[] => Array.from({ length: count }, () => code).flat();
const onBars = (code: readonly number[], locals = 0): HandMade => ({ exports: { onBars: { code, locals } } });

/** Arrays of the engine's own heap: `(type (array (mut i64)))`. */
const ARRAYS: HandMade = { types: [[0x5e, 0x7e, 1]] };

interface Attack {
  readonly name: string;
  readonly made: HandMade;
  readonly reason: RegExp;
}

const REFUSED: readonly Attack[] = [
  { name: 'an endless loop in the start function', made: { start: { code: forever() } }, reason: /start function/ },
  { name: 'memory without a maximum', made: memory(0, 1), reason: /no maximum/ },
  { name: 'memory that may grow to 4 GiB', made: memory(1, 1, ...unsigned(PAGES_4_GIB)), reason: /65536 pages; at most 4096/ },
  { name: 'memory of a page too many', made: memory(1, 1, ...unsigned(4097)), reason: /4097 pages/ },
  { name: 'shared memory', made: memory(3, 1, 16), reason: /shared/ },
  { name: 'memory of 64-bit addresses', made: memory(5, 1, ...unsigned(2 ** 40)), reason: /64-bit|not a valid/ },
  { name: 'two memories', made: { memories: [[1, 1, 2], [1, 1, 2]] }, reason: /2 memories/ }, // prettier-ignore
  {
    name: 'a memory of the host',
    made: { memories: [], imports: [importOf('env', 'memory', [2, 1, 1, 2])] },
    reason: /0 memories|not a valid/,
  },
  {
    name: '100,000 functions',
    made: { functions: Array.from({ length: 100_000 }, () => ({ result: 'none', code: [] })) },
    reason: /more than 10000 functions/,
  },
  {
    name: 'a compile bomb of locals and branches',
    made: onBars([...repeat(20_000, [...i32(0), 4, 0x40, 0x0b]), ...i32(0)], 40_000),
    reason: /function of \d+ bytes/,
  },
  {
    name: 'a compile bomb of locals',
    made: onBars([...repeat(5_000, [...i32(0), 4, 0x40, 0x0b]), ...i32(0)], 40_000),
    reason: /40000 locals/,
  },
  {
    name: 'a compile bomb of a deep stack',
    made: onBars([...repeat(50_000, i32(0)), ...repeat(50_000, [DROP]), ...i32(0)]),
    reason: /function of \d+ bytes/,
  },
  {
    name: 'a compile bomb of nested blocks',
    made: onBars([...repeat(200_000, [3, 0x40]), ...repeat(200_000, [0x0b]), ...i32(0)]),
    reason: /function of \d+ bytes/,
  },
  { name: 'a table that grows without end', made: { tables: [[0x70, 0, 1]] }, reason: /tables may grow/ },
  { name: 'a table of references to the host', made: { tables: [[0x6f, 1, 1, 2]] }, reason: /hold more than functions/ },
  {
    name: 'tables that may become large',
    made: { tables: Array.from({ length: 20 }, () => [0x70, 1, 1, ...unsigned(1000)]) },
    reason: /20000 elements/,
  },
  { name: 'arrays in the heap of JavaScript', made: ARRAYS, reason: /never writes/ },
  { name: 'locals that refer to the heap', made: { exports: { onBars: { code: i32(0), references: 3 } } }, reason: /never writes/ },
  {
    name: 'a function that answers a reference',
    made: { exports: { onBars: { result: 'externref', code: [0xd0, 0x6f] } } },
    reason: /never writes/,
  },
  { name: 'the clock', made: { imports: [importOf('env', 'Date.now', [0, 0])] }, reason: /clock/ },
  { name: 'randomness', made: { imports: [importOf('env', 'seed', [0, 0])] }, reason: /randomness/ },
  { name: 'a flood of traces', made: { imports: [importOf('env', 'trace', [0, 0])] }, reason: /trace is not available/ },
  { name: 'a function of the host', made: { imports: [importOf('env', 'fetch', [0, 0])] }, reason: /import env\.fetch is not allowed/ },
  {
    name: 'files of the system',
    made: { imports: [importOf('wasi_snapshot_preview1', 'fd_write', [0, 0])] },
    reason: /fd_write is not allowed/,
  },
  { name: 'a name that only looks allowed', made: { imports: [importOf('env', 'abort ', [0, 0])] }, reason: /not allowed/ },
  { name: 'a global of the host', made: { imports: [importOf('env', 'secret', [3, 0x7f, 0])] }, reason: /not allowed/ },
  { name: 'a table of the host', made: { imports: [importOf('env', 'table', [1, 0x70, 0, 1])] }, reason: /not allowed/ },
];

test.each(REFUSED)('refused before anything of it runs: $name', ({ made, reason }) => {
  const bytes = handMadeBytes(made);
  expect(inspectModule(bytes)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  expect(() => moduleFromBytes(bytes, 'attack.wasm')).toThrow(reason);
});

test('what is refused is refused for this alone: without the attack the same bytes may run', () => {
  expect(inspectModule(handMadeBytes())).toMatchObject({ ok: true });
  expect(inspectModule(handMadeBytes({ tables: [[0x70, 1, 1, 2]] }))).toMatchObject({ ok: true });
  expect(inspectModule(handMadeBytes(onBars([...repeat(1_000, [...i32(0), 4, 0x40, 0x0b]), ...i32(0)], 1_000)))).toMatchObject({
    ok: true,
  });
  expect(inspectModule(handMadeBytes({ imports: [importOf('env', 'abort', [0, 0])] }))).toMatchObject({ ok: true });
});

test('a megabyte is the most that a module may have', () => {
  const plain = handMadeBytes();
  const padding = MODULE_BYTES_MAX - plain.length - 20;
  const full = withCustomSection(plain, 'padding', ' '.repeat(padding - 1));
  expect(full.length).toBeLessThanOrEqual(MODULE_BYTES_MAX);
  expect(full.length).toBeGreaterThan(MODULE_BYTES_MAX - 30);
  expect(inspectModule(full)).toMatchObject({ ok: true });
  const over = withCustomSection(plain, 'padding', ' '.repeat(padding + 30));
  expect(inspectModule(over)).toEqual({ ok: false, reason: expect.stringMatching(/at most 1048576 are allowed/) });
});

test('a megabyte of code in small functions is judged, compiled and run', () => {
  const filler = [...repeat(90, [...i32(1), DROP]), ...i32(0)];
  const functions = Array.from({ length: 3_500 }, () => ({ code: filler }));
  const calls = Array.from({ length: 3_500 }, (_, place) => [...call(place), DROP]).flat();
  const module = handMadeStrategy({ functions, exports: { onBars: { code: [...calls, ...i32(0)] } } });
  expect(module.wasm.length).toBeGreaterThan(950_000);
  const instance = openStrategy(module, { parameters: {}, symbols: ['AAA'] });
  expect(instance.onBars({ atMs: 0, bars: [undefined], positions: [0], cash: 1, equity: 1 })).toEqual([]);
});

test('bytes of every kind, cut and changed anywhere, give a reason and never an error', () => {
  const whole = handMadeBytes();
  for (let at = 0; at < whole.length; at += 1) {
    expect(inspectModule(whole.slice(0, at)).ok).toBe(false);
    for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
      const changed = whole.slice();
      changed[at] = value;
      expect(typeof inspectModule(changed).ok).toBe('boolean');
    }
  }
});
