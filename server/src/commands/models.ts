import type { ListedModel } from '@tidemark/compute/models';
import type { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { isThere } from './is-there.ts';
import type { RegistryOptions } from './model-registry.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options extends RegistryOptions {
  readonly out?: string;
}

function told({ folder, manifest, problem }: ListedModel): string {
  const state = problem === undefined ? 'whole' : `REFUSED: ${problem}`;
  if (manifest === undefined) return `${folder}  ${state}\n`;
  const { id, strategy, kind, parent, dataset } = manifest;
  const from = parent === null ? '' : `, follows ${parent.slice(0, 12)}`;
  return `${id.slice(0, 12)}  ${strategy.name}  ${kind}  ${dataset.manifest.symbols.length} symbols, ${dataset.manifest.rows} rows${from}  ${folder}  ${state}\n`;
}

/** Of a folder, or of the server's registry where none is named. */
async function list(folder: string | undefined, options: Options, terminal: Terminal): Promise<void> {
  if (folder === undefined) {
    const { listRegistry } = await import('./model-registry.ts');
    return await listRegistry(options, terminal);
  }
  if (options.state !== undefined) throw new UsageError('--state is of the registry: models in a folder have no state');
  await listFolder(folder, options, terminal);
}

async function listFolder(folder: string, { json }: Options, terminal: Terminal): Promise<void> {
  const { listModels } = await import('@tidemark/compute/models');
  const models = await listModels(folder);
  terminal.out.write(json === true ? `${JSON.stringify(models, null, 2)}\n` : models.map(told).join(''));
  if (models.length === 0 && json !== true) terminal.err.write(`${folder} holds no models: \`tidemark train --out\` makes one\n`);
  const wrong = models.filter(({ problem }) => problem !== undefined).length;
  if (wrong > 0) throw new Error(`${wrong} of ${models.length} models cannot be used`);
}

const ID = /^[0-9a-f]{6,64}$/;

/** The model of a folder; of the registry where the word is no folder and reads as the first digits of an id. */
async function show(place: string, options: Options, terminal: Terminal): Promise<void> {
  if (!ID.test(place) || (await isThere(place))) return await showFolder(place, options, terminal);
  const { showRegistered } = await import('./model-registry.ts');
  await showRegistered(place, options, terminal);
}

async function lineage(id: string, options: Options, terminal: Terminal): Promise<void> {
  if (!ID.test(id))
    throw new UsageError(`"${id}" is no id of a model: give six of its hex digits or more; \`tidemark models list\` shows them`);
  const { showLineage } = await import('./model-registry.ts');
  await showLineage(id, options, terminal);
}

async function showFolder(folder: string, { json }: Options, terminal: Terminal): Promise<void> {
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

/** Each with the place that it needs. */
const OF_A_PLACE = new Map([
  ['show', { needs: 'a folder, or the id of a model in the registry', work: show }],
  ['lineage', { needs: 'the id of a model in the registry', work: lineage }],
  ['export', { needs: 'a folder', work: exportModel }],
  ['check', { needs: 'an ONNX file', work: check }],
]);

async function run(what: string, place: string | undefined, options: Options, terminal: Terminal): Promise<void> {
  if (what === 'list') return await list(place, options, terminal);
  const command = OF_A_PLACE.get(what);
  if (command === undefined) throw new UsageError(`models ${what}: give ${['list', ...OF_A_PLACE.keys()].join(', ')}.`);
  if (place === undefined) throw new UsageError(`models ${what} needs ${command.needs}.`);
  if (options.state !== undefined) throw new UsageError('--state is of models list.');
  await command.work(place, options, terminal);
}

export function addModels(program: Command, terminal: Terminal): void {
  program
    .command('models')
    .description('Models, in folders and in the server’s registry: lineage and measures, state, expiry and health')
    .argument('<what>', 'list, show, lineage; export: one model as ONNX; check: an ONNX file')
    .argument('[place]', 'a folder of models, or of one; an id, or its first digits, in the registry; for check the file')
    .option('--json', 'print JSON')
    .option('--state <state>', 'of list, in the registry: candidate, shadow, champion or retired')
    .option('--data-dir <folder>', 'where the registry lives; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--out <file>', 'of export: the ONNX file; its golden rows are written beside it')
    .addHelpText(
      'after',
      `
list without a folder, show of an id and lineage read the registry. With the embedded database the server must be stopped: it alone holds the data
directory. While it runs, use the page Models.

Exit code 1 where a model in a folder cannot be used: its files are damaged, were changed, or are of another model.

Examples:
  tidemark models list models
  tidemark models show models/aapl
  tidemark models export models/aapl --out aapl.onnx
  tidemark models check aapl.onnx
  tidemark models list --data-dir /var/lib/tidemark --state champion
  tidemark models show 3f2a91c07d5e
  DATABASE_URL=postgres://localhost/tidemark tidemark models lineage 3f2a91c07d5e --json`,
    )
    .action((what: string, place: string | undefined, options: Options) => run(what, place, options, terminal));
}
