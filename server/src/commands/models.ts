import type { ListedModel } from '@tidemark/compute/models';
import type { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly json?: boolean;
  readonly out?: string;
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

const GOLDEN = '.golden.json';

/** Writes the model for other programs, and beside it the rows by which whoever loads it can tell that it still says the same. */
async function exportModel(folder: string, { out }: Options, terminal: Terminal): Promise<void> {
  const { exportOnnx, goldenRowsOf, readModelFolder, writeGoldenRows } = await import('@tidemark/compute/models');
  if (out === undefined) throw new UsageError('models export needs --out FILE.onnx.');
  const { model } = await readModelFolder(folder);
  await writeFile(out, exportOnnx(model));
  await writeFile(out + GOLDEN, writeGoldenRows(goldenRowsOf(model)));
  terminal.out.write(`${out} and ${out}${GOLDEN}\n`);
}

async function check(file: string, _options: Options, terminal: Terminal): Promise<void> {
  const { openOnnx, readGoldenRows } = await import('@tidemark/compute/models');
  const golden = readGoldenRows(await readFile(file + GOLDEN, 'utf8'));
  const session = await openOnnx(await readFile(file), golden);
  await session.close();
  terminal.out.write(`${file} says what was recorded of ${golden.rows.length} golden rows; features ${session.features.join(', ')}\n`);
}

const COMMANDS = { list, show, export: exportModel, check } as const;

export function addModels(program: Command, terminal: Terminal): void {
  program
    .command('models')
    .description('Models in folders: lineage and measures, and whether their files are whole')
    .argument('<what>', 'list: the models in a folder; show: one model; export: one model as ONNX; check: an ONNX file')
    .argument('<place>', 'a folder of models, or of one; for check the file')
    .option('--json', 'print JSON')
    .option('--out <file>', 'of export: the ONNX file; its golden rows are written beside it')
    .addHelpText(
      'after',
      `
Exit code 1 where a model cannot be used: its files are damaged, were changed, or are of another model.

Examples:
  tidemark models list models
  tidemark models show models/aapl
  tidemark models export models/aapl --out aapl.onnx
  tidemark models check aapl.onnx`,
    )
    .action((what: string, place: string, options: Options) => {
      const command = new Map(Object.entries(COMMANDS)).get(what);
      if (command === undefined) throw new UsageError(`models ${what}: give ${Object.keys(COMMANDS).join(', ')}.`);
      return command(place, options, terminal);
    });
}
