import { beforeAll, describe, expect, test } from 'vitest';
import { compileBuiltIn, moduleFromBytes } from './built-ins.ts';
import { DESCRIPTION_SECTION } from './description.ts';
import { inspectModule, MODULE_BYTES_MAX } from './inspect.ts';
import { openStrategyWorker } from './strategy-worker.ts';
import type { StrategyModule } from './types.ts';
import { readSections, withCustomSection } from './wasm-sections.ts';

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const MEMORY = 5;

const wasm = (...sections: readonly number[][]): Uint8Array<ArrayBuffer> => Uint8Array.from([...HEAD, ...sections.flat()]);
/** `(type (func))` and one import of it, of one-letter names. */
const TYPE = [1, 4, 1, 0x60, 0, 0];
const IMPORT = [2, 7, 1, 1, 0x61, 1, 0x62, 0, 0];

let module: StrategyModule;

beforeAll(async () => {
  module = await compileBuiltIn('sma-crossover');
});

/** The module with one section changed. */
function withSection(id: number, change: (content: number[]) => number[]): Uint8Array<ArrayBuffer> {
  const parts = readSections(module.wasm).flatMap((section) => {
    const content = [...module.wasm.subarray(section.start, section.end)];
    const changed = section.id === id ? change(content) : content;
    const length = [(changed.length & 0x7f) | 0x80, ((changed.length >>> 7) & 0x7f) | 0x80, changed.length >>> 14];
    return [section.id, ...length, ...changed];
  });
  return Uint8Array.from([...HEAD, ...parts]);
}

/** Without its description, then with another. */
function describedAs(text: string): Uint8Array<ArrayBuffer> {
  const [section] = readSections(module.wasm)
    .filter(({ id }) => id === 0)
    .slice(-1);
  // Identifier, two bytes of length.
  const end = section === undefined ? module.wasm.length : section.start - 3;
  return withCustomSection(module.wasm.subarray(0, end), DESCRIPTION_SECTION, text);
}

test('what the compiler makes may run', () => {
  expect(inspectModule(module.wasm)).toMatchObject({ ok: true, description: { name: 'sma-crossover' } });
  expect(inspectModule(withSection(MEMORY, (content) => content))).toMatchObject({ ok: true });
  expect(moduleFromBytes(module.wasm, 'x.wasm')).toEqual(module);
});

describe('what may not run is refused with its reason', () => {
  const cases: readonly { readonly name: string; readonly bytes: () => Uint8Array<ArrayBuffer>; readonly reason: RegExp }[] = [
    { name: 'nothing', bytes: () => new Uint8Array(0), reason: /valid WebAssembly/ },
    { name: 'noise', bytes: () => Uint8Array.from({ length: 999 }, (_, index) => (index * 7919) & 255), reason: /valid WebAssembly/ },
    { name: 'an empty module', bytes: () => wasm(), reason: /0 memories/ },
    { name: 'cut short', bytes: () => module.wasm.slice(0, 5_000), reason: /valid WebAssembly/ },
    { name: 'too large', bytes: () => new Uint8Array(MODULE_BYTES_MAX + 1), reason: /at most/ },
    { name: 'an import', bytes: () => wasm(TYPE, IMPORT, [MEMORY, 4, 1, 1, 1, 1]), reason: /import a\.b is not allowed/ },
    { name: 'memory without a maximum', bytes: () => withSection(MEMORY, () => [1, 0, 1]), reason: /no maximum/ },
    { name: 'memory of 4 GiB', bytes: () => withSection(MEMORY, () => [1, 1, 1, 0x80, 0x80, 0x04]), reason: /65536 pages/ },
    { name: 'shared memory', bytes: () => withSection(MEMORY, () => [1, 3, 1, 0x10]), reason: /shared/ },
    {
      name: 'a start function',
      bytes: () => wasm(TYPE, [3, 2, 1, 0], [MEMORY, 4, 1, 1, 1, 1], [8, 1, 0], [10, 4, 1, 2, 0, 0x0b]),
      reason: /start function/,
    },
    { name: 'a large table', bytes: () => wasm([4, 7, 1, 0x70, 0, 0x80, 0x80, 0x80, 0x04], [MEMORY, 4, 1, 1, 1, 1]), reason: /tables/ },
    { name: 'no strategy', bytes: () => wasm([MEMORY, 4, 1, 1, 1, 1]), reason: /does not export memory/ },
    { name: 'no description', bytes: () => describedAs(''), reason: /no readable description/ },
    { name: 'a description of another shape', bytes: () => describedAs('{"parameters":[{}]}'), reason: /no readable description/ },
    { name: 'another ABI', bytes: () => describedAs('{"name":"a","title":"","description":"","abi":9,"parameters":[]}'), reason: /ABI 9/ },
    {
      name: 'a name with markup',
      bytes: () => describedAs('{"name":"<b>","title":"","description":"","abi":2,"parameters":[]}'),
      reason: /lower-case/,
    },
  ];
  test.each(cases)('$name', ({ bytes, reason }) => {
    expect(inspectModule(bytes())).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });
});

test('a module that describes itself wrongly fails as itself', async () => {
  const bytes = describedAs(
    '{"name":"liar","title":"","description":"","abi":2,"parameters":[{"name":"fast","kind":"number","default":0,"min":-9,"max":9,"description":""}]}',
  );
  const liar = moduleFromBytes(bytes, 'liar.wasm');
  const opened = openStrategyWorker(liar, { parameters: {}, symbols: ['AAA'], deadlineMs: 2_000 });
  await expect(opened).rejects.toMatchObject({ name: 'StrategyTrap', message: expect.stringContaining('refuses fast') });
});
