import { join } from 'node:path';
import { trainingSummary } from '@tidemark/compute/models';
import type { Kysely } from 'kysely';
import { listPeople } from '../accounts/people-service.ts';
import { MODEL_HEALTH_MIN } from '../engine/strategy-watch.ts';
import { lineageOf, modelByPrefix } from '../models/lineage-service.ts';
import { MODEL_STATES, isExpired, lineOf } from '../models/model.ts';
import type { ModelState, RecordedModel } from '../models/model.ts';
import { changesOfModel, listModels } from '../models/service.ts';
import type { ModelChange } from '../models/service.ts';
import { formatInstant, instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { Database } from '../platform/database.ts';
import type { RecordedDrift } from '../predictions/drift.ts';
import { driftOfModel } from '../predictions/service.ts';
import { isThere } from './is-there.ts';
import { withDatabase } from './stored-bars.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

export interface RegistryOptions {
  readonly dataDir: string;
  readonly state?: string;
  readonly json?: boolean;
}

type Db = Kysely<Database>;
type NameOf = (actor: string) => string;

/** A model beside what is known of it now. */
interface Registered {
  readonly model: RecordedModel;
  readonly isExpired: boolean;
  /** As last measured, whichever strategy carries it. */
  readonly drift: RecordedDrift | undefined;
}

const PAGE = 100;
const SHORT = 12;

const wallClock = (): Instant => instantFromMs(Date.now());
const dayOf = (at: Instant): string => formatInstant(at).slice(0, 10);

/** As the server opens it: only one process at a time has the embedded database. A folder that no server has used is refused, not made one. */
async function inRegistry<T>(
  { dataDir }: RegistryOptions,
  { environment }: Terminal,
  use: (db: Db, nameOf: NameOf) => Promise<T>,
): Promise<T> {
  const isHeld = environment['DATABASE_URL'] !== undefined || (await isThere(join(dataDir, 'database')));
  if (!isHeld)
    throw new UsageError(
      `${dataDir} holds no registry: name the server's data directory with --data-dir, or its PostgreSQL in DATABASE_URL`,
    );
  return await withDatabase(dataDir, environment, async (db) => {
    const names = new Map((await listPeople(db)).map(({ id, name }) => [`user:${id}`, name]));
    return await use(db, (actor) => names.get(actor) ?? actor);
  });
}

async function registered(db: Db, models: readonly RecordedModel[]): Promise<readonly Registered[]> {
  const all: Registered[] = [];
  for (const model of models) {
    const [drift] = await driftOfModel(db, { modelId: model.id, strategyId: undefined, limit: 1 });
    all.push({ model, drift, isExpired: isExpired(model, wallClock()) });
  }
  return all;
}

function healthShape({ health, worst, strategyId, decidedAt }: RecordedDrift) {
  return { score: health, alertBelow: MODEL_HEALTH_MIN, worst: worst ?? null, strategyId, decidedAt: formatInstant(decidedAt) };
}

const shape = ({ model, drift, isExpired: expired }: Registered, nameOf: NameOf) => ({
  id: model.id,
  version: model.version,
  strategy: model.strategyName,
  kind: model.manifest.kind,
  state: model.state,
  frozen: model.frozen,
  expired,
  expiresAt: formatInstant(model.expiresAt),
  health: drift === undefined ? null : healthShape(drift),
  label: model.label,
  symbols: model.symbols,
  timeframe: model.timeframe,
  datasetHash: model.datasetHash,
  rows: model.manifest.dataset.manifest.rows,
  from: formatInstant(model.from),
  to: formatInstant(model.to),
  parent: model.parent ?? null,
  notes: model.notes,
  createdAt: formatInstant(model.createdAt),
  createdBy: nameOf(model.createdBy),
});

const changeShape = (change: ModelChange, nameOf: NameOf) => ({
  action: change.action,
  from: change.from,
  to: change.to,
  other: change.other ?? null,
  by: nameOf(change.by),
  secondPerson: change.secondPerson === undefined ? null : nameOf(change.secondPerson),
  reason: change.reason,
  at: formatInstant(change.at),
});

const writeJson = ({ out }: Terminal, value: unknown): boolean => out.write(`${JSON.stringify(value, null, 2)}\n`);

const stateTold = ({ state, frozen }: RecordedModel): string => (frozen ? `${state}, frozen` : state);

function healthTold({ drift }: Registered): string {
  if (drift === undefined) return 'n/a';
  return `${drift.health.toFixed(0)}${drift.health < MODEL_HEALTH_MIN ? ' LOW' : ''}`;
}

const HEAD: readonly string[] = ['model', 'state', 'expires', 'health', 'trained', 'of'];

const cells = (each: Registered): readonly string[] => [
  each.model.id.slice(0, SHORT),
  stateTold(each.model),
  `${dayOf(each.model.expiresAt)}${each.isExpired ? ' EXPIRED' : ''}`,
  healthTold(each),
  dayOf(each.model.createdAt),
  lineOf(each.model),
];

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const writeLines = ({ out }: Terminal, lines: readonly string[]): boolean => out.write(`${lines.join('\n')}\n`);

function stateOf(text: string | undefined): ModelState | undefined {
  const state = MODEL_STATES.find((one) => one === text);
  if (text !== undefined && state === undefined)
    throw new UsageError(`--state is one of ${MODEL_STATES.join(', ')}; "${text}" is none of them`);
  return state;
}

async function allModels(db: Db, state: ModelState | undefined): Promise<readonly RecordedModel[]> {
  const models: RecordedModel[] = [];
  for (let after: string | undefined; ;) {
    const { nodes, hasNextPage } = await listModels(db, { first: PAGE, after, state });
    models.push(...nodes.map(({ node }) => node));
    if (!hasNextPage) return models;
    after = nodes.at(-1)?.cursor;
  }
}

/** Newest first. */
export async function listRegistry(options: RegistryOptions, terminal: Terminal): Promise<void> {
  const state = stateOf(options.state);
  await inRegistry(options, terminal, async (db, nameOf) => {
    const all = await registered(db, await allModels(db, state));
    if (options.json === true) writeJson(terminal, { models: all.map((each) => shape(each, nameOf)) });
    else if (all.length > 0) writeLines(terminal, table([HEAD, ...all.map(cells)]));
    else terminal.err.write(state === undefined ? 'The registry holds no models yet\n' : `No model of the registry is ${state}\n`);
  });
}

async function found(db: Db, id: string): Promise<RecordedModel> {
  const model = await modelByPrefix(db, id);
  if (typeof model === 'string') throw new UsageError(model);
  return model;
}

function healthLine({ drift }: Registered): string {
  if (drift === undefined) return 'n/a: nothing was measured yet';
  const { health, worst, strategyId, decidedAt } = drift;
  const low = health < MODEL_HEALTH_MIN ? `, LOW: people are told below ${MODEL_HEALTH_MIN}` : '';
  return `${health.toFixed(1)} of 100${low}${worst === undefined ? '' : `, by ${worst}`}; strategy ${strategyId}, ${formatInstant(decidedAt)}`;
}

const trainedLine = ({ createdAt, createdBy }: RecordedModel, nameOf: NameOf): string =>
  `trained  ${formatInstant(createdAt)} by ${nameOf(createdBy)}`;

/** One model: what its training came to, and what it is now. */
export async function showRegistered(id: string, options: RegistryOptions, terminal: Terminal): Promise<void> {
  await inRegistry(options, terminal, async (db, nameOf) => {
    const model = await found(db, id);
    for (const each of await registered(db, [model])) {
      if (options.json === true) {
        writeJson(terminal, { ...shape(each, nameOf), manifest: model.manifest });
        continue;
      }
      writeLines(terminal, [
        trainingSummary(model.manifest),
        `state    ${stateTold(model)}`,
        `expires  ${formatInstant(model.expiresAt)}${each.isExpired ? ': EXPIRED, it opens no positions' : ''}`,
        `health   ${healthLine(each)}`,
        trainedLine(model, nameOf),
        `parent   ${model.parent ?? 'none'}`,
        ...(model.notes === '' ? [] : [`notes    ${model.notes}`]),
      ]);
    }
  });
}

function changeLine(change: ModelChange, nameOf: NameOf): string {
  const { action, from, to, other, by, secondPerson, reason, at } = change;
  const what = from === to ? action : `${action}, ${from} to ${to}`;
  const which = other === undefined ? '' : ` (the other is ${other.slice(0, SHORT)})`;
  const second = secondPerson === undefined ? '' : `, approved by ${nameOf(secondPerson)}`;
  return `${formatInstant(at)}  ${what}${which}, by ${nameOf(by)}${second}: ${reason}`;
}

/** The models that it follows, oldest first, those that follow it, and each step of its own life. */
export async function showLineage(id: string, options: RegistryOptions, terminal: Terminal): Promise<void> {
  await inRegistry(options, terminal, async (db, nameOf) => {
    const model = await found(db, id);
    const { ancestors, successors, unknownAncestor } = await lineageOf(db, model);
    const changes = await changesOfModel(db, model.id);
    const all = await registered(db, [...ancestors, model, ...successors]);
    if (options.json === true) {
      const shapes = all.map((each) => shape(each, nameOf));
      writeJson(terminal, {
        unknownAncestor: unknownAncestor ?? null,
        ancestors: shapes.slice(0, ancestors.length),
        model: shapes[ancestors.length],
        successors: shapes.slice(ancestors.length + 1),
        changes: changes.map((change) => changeShape(change, nameOf)),
      });
      return;
    }
    const mark = (each: Registered): string => (each.model.id === model.id ? '>' : '');
    writeLines(terminal, [
      ...table([['', ...HEAD], ...all.map((each) => [mark(each), ...cells(each)])]),
      ...(unknownAncestor === undefined
        ? []
        : [`The first follows ${unknownAncestor.slice(0, SHORT)}, which this registry does not hold.`]),
      '',
      `${trainedLine(model, nameOf)}, on dataset ${model.datasetHash}`,
      ...changes.map((change) => changeLine(change, nameOf)),
    ]);
  });
}
