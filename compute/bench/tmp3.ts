import { performance } from 'node:perf_hooks';
import { DEFAULT_BACKTEST_OPTIONS } from '../host/backtest-options.ts';
import { compileBuiltIn } from '../host/built-ins.ts';
import { compileStrategy, closeCompiler } from '../host/compile.ts';
import { openKernel } from '../host/kernel-run.ts';
import { readFileSync } from 'node:fs';
const rows = readFileSync('/work/shared/golden/sweep/d10000.csv', 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((l) => l.split(',').map(Number));
const col = (k: number) => Float64Array.from(rows, (r) => r[k]!);
const bars = {
  length: rows.length,
  startAtMs: Float64Array.from(rows, (_, i) => i * 864e5),
  open: col(1),
  high: col(2),
  low: col(3),
  close: col(4),
  volume: col(5),
};
const columns = [bars.open, bars.high, bars.low, bars.close, bars.volume];
const copies = columns.map((c) => new Float64Array(c.length));
const med = (v: number[]) => v.toSorted((a, b) => a - b)[v.length >> 1]!;
const stops = `import { Strategy, Sma, Parameter, integer } from 'tidemark';
export default class Stops extends Strategy {
  private fast: Parameter = integer('fast', 10, 1, 1000, 'f');
  private slow: Parameter = integer('slow', 50, 1, 1000, 's');
  private f: Sma[] = [];
  private s: Sma[] = [];
  private above: bool = false;
  constructor() { super('stops', 'Stops', 'x'); }
  onStart(): void { for (let i = 0; i < this.symbolCount; i++) { this.f.push(new Sma(this.fast.int)); this.s.push(new Sma(this.slow.int)); } }
  onBar(symbol: i32): void {
    const close = this.bar(symbol).close;
    const fast = this.f[symbol].next(close);
    const slow = this.s[symbol].next(close);
    const above = fast > slow;
    const position = this.position(symbol);
    if (above && !this.above && position == 0) this.target(symbol, 1, 'up', close * 0.97, close * 1.06);
    else if (!above && this.above && position > 0) this.target(symbol, 0, 'down');
    this.above = above;
  }
}`;
const r = await compileStrategy(stops);
if (!r.ok) throw new Error(JSON.stringify(r.errors));
const sma = await compileBuiltIn('sma-crossover');
const cases = [
  ['sma fast', sma, { fast: 2, slow: 3 }, true],
  ['sma general', sma, { fast: 10, slow: 50 }, false],
  ['stops', r.module, {}, true],
  ['rsi', await compileBuiltIn('rsi-reversion'), {}, true],
] as const;
await closeCompiler();
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const post = (m: any) => {
  if (!process.env['OPT']) return m;
  writeFileSync('/tmp/b/in.wasm', m.wasm);
  execFileSync('wasm-opt', [
    '/tmp/b/in.wasm',
    ...process.env['OPT'].split(' '),
    '--enable-simd',
    '--enable-bulk-memory',
    '--enable-sign-ext',
    '--enable-nontrapping-float-to-int',
    '--enable-mutable-globals',
    '-o',
    '/tmp/b/out.wasm',
  ]);
  return { ...m, wasm: new Uint8Array(readFileSync('/tmp/b/out.wasm')) };
};
for (const [name, module0, parameters, fast] of cases) {
  const t: number[] = [],
    c: number[] = [];
  let m;
  const module = post(module0);
  for (let k = 0; k < 1200; k++) {
    const run = openKernel({ module, parameters, series: [{ symbol: 'A', bars }], options: DEFAULT_BACKTEST_OPTIONS, fast });
    const a = performance.now();
    run.advance(1e9);
    m = run.finish();
    const b = performance.now();
    for (const [i, x] of columns.entries()) copies[i]!.set(x);
    const d = performance.now();
    if (k > 100) {
      t.push(b - a);
      c.push(d - b);
    }
  }
  console.log(
    name,
    (med(t) * 1000).toFixed(1),
    'us',
    (1e4 / med(t) / 1000).toFixed(1),
    'M/s',
    (med(t) / med(c)).toFixed(2),
    'x copy; best',
    (Math.min(...t) * 1000).toFixed(1),
    (Math.min(...t) / Math.min(...c)).toFixed(2),
    JSON.stringify(m).slice(0, 120),
  );
}
process.exit(0);
