import { writeFile } from 'node:fs/promises';
import type { StrategyModule } from '@tidemark/compute/types';
import type { Command } from 'commander';
import type { Terminal } from './usage.ts';

interface Options {
  readonly out?: string;
  readonly json?: boolean;
}

/** For the strategy to say how much history it needs. */
const START_MS_MAX = 5_000;

function describe(module: StrategyModule, warmUp: number): string {
  const { description } = module;
  const rows = description.parameters.map(({ name, kind, default: value, min, max, choices, description: meaning }) => {
    const shown = choices === undefined ? `${value}  [${min} … ${max}]` : `${choices[value] ?? value}  [${choices.join(' | ')}]`;
    return `  ${name.padEnd(14)} ${kind.padEnd(8)} ${shown.padEnd(28)} ${meaning}`;
  });
  return [
    `${description.name}: ${description.title}`,
    `version  ${module.version}`,
    `size     ${module.wasm.length} bytes`,
    `warm-up  ${warmUp} bars with the defaults`,
    'parameters',
    ...rows,
    '',
  ].join('\n');
}

async function compile(strategy: string, { out, json }: Options, terminal: Terminal): Promise<void> {
  const { closeCompiler, loadStrategy, openStrategyWorker } = await import('@tidemark/compute');
  try {
    const module = await loadStrategy(strategy);
    // The author's code runs where it can be ended, as it does everywhere.
    const worker = await openStrategyWorker(module, { parameters: {}, symbols: ['AAPL'], deadlineMs: START_MS_MAX });
    const { warmUp } = worker;
    await worker.close();
    if (out !== undefined) await writeFile(out, module.wasm);
    const { description, version, wasm } = module;
    terminal.out.write(
      json === true ? `${JSON.stringify({ version, bytes: wasm.length, warmUp, ...description }, null, 2)}\n` : describe(module, warmUp),
    );
  } finally {
    await closeCompiler();
  }
}

export function addCompile(program: Command, terminal: Terminal): void {
  program
    .command('compile')
    .description('Compile a strategy to one WebAssembly module, whose SHA-256 is its version')
    .argument('<strategy>', 'FILE.ts, FILE.wasm, or the name of a built-in strategy')
    .option('--out <file>', 'write the module here')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark compile my-strategy.ts --out my-strategy.wasm
  tidemark compile sma-crossover --json`,
    )
    .action((strategy: string, options: Options) => compile(strategy, options, terminal));
}
