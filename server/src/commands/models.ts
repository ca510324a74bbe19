import type { ListedModel } from '@tidemark/compute/models';
import type { Command } from 'commander';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly json?: boolean;
}

function told({ folder, manifest, problem }: ListedModel): string {
  const state = problem === undefined ? 'whole' : `REFUSED: ${problem}`;
  if (manifest === undefined) return `${folder}  ${state}\n`;
  const { id, strategy, kind, parent, dataset } = manifest;
  const from = parent === null ? '' : `, follows ${parent.slice(0, 12)}`;
  return `${id.slice(0, 12)}  ${strategy.name}  ${kind}  ${dataset.manifest.symbols.length} symbols, ${dataset.manifest.rows} rows${from}  ${folder}  ${state}\n`;
}

async function list(folder: string, { json }: Options, terminal: Terminal): Promise<void> {
  const { listModels } = await import('@tidemark/compute/models');
  const models = await listModels(folder);
  terminal.out.write(json === true ? `${JSON.stringify(models, null, 2)}\n` : models.map(told).join(''));
  if (models.length === 0 && json !== true) terminal.err.write(`${folder} holds no models: \`tidemark train --out\` makes one\n`);
  const wrong = models.filter(({ problem }) => problem !== undefined).length;
  if (wrong > 0) throw new Error(`${wrong} of ${models.length} models cannot be used`);
}

async function show(folder: string, { json }: Options, terminal: Terminal): Promise<void> {
  const { inspectModelFolder, trainingSummary } = await import('@tidemark/compute/models');
  const model = await inspectModelFolder(folder);
  if (json === true) terminal.out.write(`${JSON.stringify(model, null, 2)}\n`);
  else if (model.manifest !== undefined) {
    const { code, parent, notes, training } = model.manifest;
    const parameters = Object.entries(training.parameters).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const lineage = [
      `trained with ${parameters.join(' ')}`,
      `by version ${code.version}, sources ${code.toolchain}`,
      `parent   ${parent ?? 'none'}`,
    ];
    terminal.out.write(`${trainingSummary(model.manifest)}\n${[...lineage, ...(notes === '' ? [] : [`notes    ${notes}`])].join('\n')}\n`);
  }
  if (model.problem !== undefined) throw new Error(`This model cannot be used: ${model.problem}`);
}

const COMMANDS = { list, show } as const;

export function addModels(program: Command, terminal: Terminal): void {
  program
    .command('models')
    .description('Models in folders: lineage and measures, and whether their files are whole')
    .argument('<what>', 'list: the models in a folder; show: one model')
    .argument('<folder>', 'a folder of models, or of one')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Exit code 1 where a model cannot be used: its files are damaged, were changed, or are of another model.

Examples:
  tidemark models list models
  tidemark models show models/aapl`,
    )
    .action((what: string, folder: string, options: Options) => {
      if (what !== 'list' && what !== 'show') throw new UsageError(`models ${what}: give list or show.`);
      return COMMANDS[what](folder, options, terminal);
    });
}
