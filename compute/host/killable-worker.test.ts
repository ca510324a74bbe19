import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const COMPILE = new URL('compile.ts', import.meta.url).href;
const SOURCE = `import { Strategy } from 'tidemark';
export default class Idle extends Strategy {
  constructor() {
    super('idle', 'Idle', 'Never trades.');
  }
  onBar(symbol: i32): void {}
}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-worker-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a resting worker lets its process end, although nobody closed it', () => {
  const program = join(folder, 'compiles-once.mjs');
  writeFileSync(
    program,
    `import { compileStrategy } from ${JSON.stringify(COMPILE)};
const result = await compileStrategy(${JSON.stringify(SOURCE)});
console.log(result.ok ? result.module.description.name : JSON.stringify(result.errors));`,
  );
  const { status, signal, stdout } = spawnSync(process.execPath, [program], { encoding: 'utf8', timeout: 30_000 });
  expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: 'idle\n' });
});
