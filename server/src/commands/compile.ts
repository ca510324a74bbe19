import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { builtInStrategies, closeCompiler, compileBuiltIn, compileStrategy, openStrategy } from '@tidemark/compute';
import type { StrategyModule } from '@tidemark/compute';
import type { Command } from 'commander';
import { CompileFailure } from './failures.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly out?: string;
  readonly json?: boolean;
}

/** A built-in's name, or the path of a source: compiled. Throws {@link CompileFailure} with each error's file, line and column. */
export async function compileNamed(nameOrFile: string): Promise<StrategyModule> {
  if (builtInStrategies().some(({ name }) => name === nameOrFile)) return compileBuiltIn(nameOrFile);
  const source = await readFile(nameOrFile, 'utf8');
  const result = await compileStrategy(source, { name: basename(nameOrFile) });
  if (result.ok) return result.module;
  throw new CompileFailure(nameOrFile, result.errors);
}

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

export function addCompile(program: Command, terminal: Terminal): void {
  program
    .command('compile')
    .description('Compile a strategy to one WebAssembly module, whose SHA-256 is its version')
    .argument('<strategy>', 'a source file, or the name of a built-in strategy')
    .option('--out <file>', 'write the module here')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark compile my-strategy.ts --out my-strategy.wasm
  tidemark compile sma-crossover --json`,
    )
    .action(async (strategy: string, { out, json }: Options) => {
      try {
        const module = await compileNamed(strategy);
        const { warmUp } = openStrategy(module, { parameters: {}, symbols: ['AAPL'] });
        if (out !== undefined) await writeFile(out, module.wasm);
        const { description, version, wasm } = module;
        terminal.out.write(
          json === true
            ? `${JSON.stringify({ version, bytes: wasm.length, warmUp, ...description }, null, 2)}\n`
            : describe(module, warmUp),
        );
      } finally {
        await closeCompiler();
      }
    });
}
