// `npm run bench:trading`: from the intent to the wire, the kill switch under load, and recovery after `kill -9`, beside what the machine itself needs for
// one `fdatasync` and one request on loopback, measured in the same run. `--json` prints one document; `--events 100000` says how long the journal is.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMet } from '../server/src/commands/trading-bench/figures.ts';
import type { Figure } from '../server/src/commands/trading-bench/figures.ts';
import { machineFigures } from '../server/src/commands/trading-bench/machine.ts';
import { orderFigures } from '../server/src/commands/trading-bench/orders.ts';
import { recoveryFigures } from '../server/src/commands/trading-bench/recovery.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, events: { type: 'string', default: '100000' }, only: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-trading-'));

const number = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(value < 100 ? 2 : 0)).padStart(10);

function line(figure: Figure): string {
  const { name, p50, p99, value, goal } = figure;
  const met = isMet(figure);
  const verdict = met === undefined ? '' : met ? 'ok' : 'MISSED';
  return `${name.padEnd(72)}${number(p50)}${number(p99 ?? value)}${number(goal)}  ${verdict}\n`;
}

const PARTS: readonly (readonly [name: string, measure: () => Promise<readonly Figure[]>])[] = [
  ['machine', () => machineFigures(folder)],
  ['orders', () => orderFigures(join(folder, 'orders'))],
  ['recovery', () => recoveryFigures(join(folder, 'recovery'), Number(values.events))],
];

try {
  const [load = 0] = loadavg();
  const figures: Figure[] = [];
  if (values.json !== true)
    process.stdout.write(`${'milliseconds'.padEnd(72)}${'p50'.padStart(10)}${'p99'.padStart(10)}${'goal'.padStart(10)}\n`);
  for (const [name, measure] of PARTS) {
    if (values.only !== undefined && !values.only.split(',').includes(name)) continue;
    for (const figure of await measure()) {
      figures.push(figure);
      if (values.json !== true) process.stdout.write(line(figure));
    }
  }
  const machine = {
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    node: process.versions.node,
    loadAtStart: load,
  };
  if (values.json === true) process.stdout.write(`${JSON.stringify({ format: 1, machine, figures }, null, 2)}\n`);
  else process.stdout.write(`${machine.cpu}, ${machine.cores} cores, load ${load.toFixed(1)} at the start, Node ${machine.node}\n`);
  if (figures.some((figure) => isMet(figure) === false)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
