import { createHash } from 'node:crypto';
import { ParameterError, resolveParameters } from '@tidemark/compute';
import type { StrategyModule } from '@tidemark/compute/types';
import type { EngineEvent } from '../engine/events.ts';
import { isPromoted } from '../engine/promotion.ts';
import type { StrategySlot } from '../engine/state.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { compileFailed, conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { CompileFailed, Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import type { Timeframe } from '../market-data/bar.ts';
import type { Instant } from '../money/instant.ts';
import type { addParameterInput } from '../market-data/graphql.ts';
import { brakeOnResuming } from '../risk/brakes.ts';
import { parseAllocation, parseName, parseSize, parseSymbols } from './configuration.ts';
import type { Parsed } from './configuration.ts';
import type { ParameterPair } from './graphql.ts';
import type { ParameterValues, StrategyConfig } from './strategy.ts';

type Authorized = Context & { readonly principal: Principal };
export interface StrategyPayload {
  readonly __typename: 'StrategyPayload';
  readonly strategy: StrategySlot;
}
type Found = { readonly module: StrategyModule; readonly source: string; readonly name: string };

interface CreateInput {
  readonly name: string;
  readonly template?: string | null | undefined;
  readonly source?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly version?: string | null | undefined;
  readonly parameters: readonly ParameterPair[];
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly allocation: string;
  readonly size: string;
}
/** What is absent stays as it is. */
export interface ConfigureInput {
  readonly id: string;
  readonly parameters?: readonly ParameterPair[] | null | undefined;
  readonly symbols?: readonly string[] | null | undefined;
  readonly allocation?: string | null | undefined;
  readonly size?: string | null | undefined;
}

const isError = (value: object): value is InvalidInput | CompileFailed => '__typename' in value;

/** What was parsed, or the answer that says what is wrong; throws it so that the caller reads straight on. */
class Refused extends Error {
  readonly answer: InvalidInput;
  constructor(answer: InvalidInput) {
    super(answer.message);
    this.answer = answer;
  }
}

function accept<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const { field, message, hint } = parsed.problem;
  throw new Refused(invalidInput(field, message, hint));
}

async function refusable<T>(run: () => Promise<T>): Promise<T | InvalidInput> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}

/** Where a module comes from: exactly one of a template's name, a source text, the id of a model, and a version that is kept. */
export interface ModuleSource {
  readonly version?: string | null | undefined;
  readonly template?: string | null | undefined;
  readonly source?: string | null | undefined;
  readonly model?: string | null | undefined;
}

/** The module that carries a model. */
async function moduleOfModel(id: string, { strategies, models }: Pick<Context, 'strategies' | 'models'>): Promise<Found | InvalidInput> {
  const model = await models.byId(id);
  if (model === undefined) return invalidInput('model', 'There is no such model', 'The query `models` lists those that there are.');
  const kept = await strategies.byVersion(model.version);
  if (kept === undefined) throw new Error(`Invariant: the module ${model.version} is kept with its model`);
  return { ...kept, name: model.strategyName };
}

async function keptModule(version: string, { strategies }: Pick<Context, 'strategies'>): Promise<Found | InvalidInput> {
  return (
    (await strategies.byVersion(version)) ??
    invalidInput('version', 'No such version is kept here', 'The mutation `saveStrategyVersion` keeps one; `strategyVersions` lists them.')
  );
}

/** The module that one of its sources stands for. */
export async function findModule(
  from: ModuleSource & { readonly name: string },
  context: Pick<Context, 'strategies' | 'models'>,
): Promise<Found | InvalidInput | CompileFailed> {
  const { template, source, model, version } = from;
  const { strategies } = context;
  if ([template, source, model, version].filter((each) => typeof each === 'string').length > 1) {
    return invalidInput('source', 'More than one of template, source, model and version is given', 'Give one of them.');
  }
  if (typeof version === 'string') return await keptModule(version, context);
  if (typeof model === 'string') return await moduleOfModel(model, context);
  if (typeof source === 'string') {
    const compiled = await strategies.compile(source, from.name);
    if (!compiled.ok) return compileFailed(compiled.errors);
    await strategies.save(compiled.module, source, compiled.module.description.name);
    return { module: compiled.module, source, name: compiled.module.description.name };
  }
  const builtIn = typeof template === 'string' ? await strategies.builtIn(template) : undefined;
  if (builtIn === undefined || typeof template !== 'string') {
    return invalidInput('template', 'There is no such template', 'The query `strategyTemplates` lists them; or give a source.');
  }
  await strategies.save(builtIn.module, builtIn.source, template);
  return { ...builtIn, name: template };
}

/** Names and bounds of parameters by the module's own declaration, defaults filled in. */
export function readParameters(module: StrategyModule, pairs: readonly ParameterPair[]): Parsed<ParameterValues> {
  const { name: owner, parameters: specs } = module.description;
  try {
    if (new Set(pairs.map(({ name }) => name)).size !== pairs.length) {
      return { ok: false, problem: { field: 'parameters', message: 'A parameter is given twice', hint: 'Give each once.' } };
    }
    return { ok: true, value: resolveParameters(owner, specs, Object.fromEntries(pairs.map(({ name, value }) => [name, value]))).values };
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    return {
      ok: false,
      problem: { field: 'parameters', message: error.message, hint: 'The template lists each parameter with its bounds.' },
    };
  }
}

/** Cross checks that only the module itself knows: fast below slow, say. */
export async function checkParameters(
  module: StrategyModule,
  parameters: ParameterValues,
  symbols: readonly string[],
  { strategies }: Pick<Context, 'strategies'>,
): Promise<InvalidInput | undefined> {
  const problem = await strategies.check(module, parameters, symbols);
  return problem === undefined ? undefined : invalidInput('parameters', problem.message, problem.bounds);
}

const strategyId = (name: string, version: string, at: Instant): string => {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${slug}-${createHash('sha256')
    .update(JSON.stringify([name, version, at]))
    .digest('hex')
    .slice(0, 8)}`;
};

async function createStrategy(input: CreateInput, context: Authorized) {
  return refusable(async (): Promise<StrategyPayload | InvalidInput | CompileFailed | Conflict | Unavailable> => {
    const { session, principal } = context;
    const state = session.state();
    const name = accept(parseName(input.name));
    const symbols = accept(parseSymbols(input.symbols, (symbol) => state.instruments.has(symbol)));
    const allocation = accept(parseAllocation(input.allocation));
    const size = accept(parseSize(input.size));
    if ([...state.strategies.values()].some(({ config }) => config.name === name))
      return conflict(`A strategy named "${name}" exists already.`);
    const found = await findModule({ ...input, name }, context);
    if (isError(found)) return found;
    const parameters = accept(readParameters(found.module, input.parameters));
    const wrong = await checkParameters(found.module, parameters, symbols, context);
    if (wrong !== undefined) return wrong;
    const { version } = found.module;
    const at = session.state().now;
    const config: StrategyConfig = {
      id: strategyId(name, version, at),
      name,
      version,
      source: found.name,
      parameters,
      symbols,
      timeframe: input.timeframe,
      allocation,
      size,
      wholeUnits: true,
    };
    return sendStrategyEvent({ kind: 'StrategyCreated', at, by: actorOf(principal), config }, config.id, context);
  });
}

/** Gives the engine an event about a strategy; answers with how that stands afterwards. */
export async function sendStrategyEvent(
  event: EngineEvent,
  id: string,
  { session, report }: Authorized,
): Promise<StrategyPayload | Unavailable> {
  const outcome = await command(session, event, report);
  if (!outcome.ok) return outcome.error;
  const strategy = outcome.state.strategies.get(id);
  return strategy === undefined
    ? unavailable('The engine answered without the strategy. Look at the journal.', 'unknown')
    : { __typename: 'StrategyPayload', strategy };
}

/** The configuration that an input leads to, checked against the strategy's own module. Throws {@link Refused}. */
async function changedConfig(
  { parameters: pairs, symbols: wanted, allocation, size }: Omit<ConfigureInput, 'id'>,
  config: StrategyConfig,
  context: Pick<Context, 'session' | 'strategies'>,
): Promise<StrategyConfig | Conflict> {
  const kept = await context.strategies.byVersion(config.version);
  if (kept === undefined) return conflict('The module of this version is not here. Create the strategy anew.');
  const { instruments } = context.session.state();
  const symbols = wanted ? accept(parseSymbols(wanted, (symbol) => instruments.has(symbol))) : config.symbols;
  const parameters = pairs ? accept(readParameters(kept.module, pairs)) : config.parameters;
  const changed: StrategyConfig = {
    ...config,
    symbols,
    parameters,
    allocation: allocation ? accept(parseAllocation(allocation)) : config.allocation,
    size: size ? accept(parseSize(size)) : config.size,
  };
  const wrong = await checkParameters(kept.module, parameters, symbols, context);
  if (wrong !== undefined) throw new Refused(wrong);
  return changed;
}

/** What {@link configureStrategy} would make of a strategy, or why it would not; whether it runs is not looked at. Changes nothing. */
export const configurationAsked = (
  input: Omit<ConfigureInput, 'id'>,
  config: StrategyConfig,
  context: Pick<Context, 'session' | 'strategies'>,
): Promise<StrategyConfig | Conflict | InvalidInput> => refusable<StrategyConfig | Conflict>(() => changedConfig(input, config, context));

/** Why a strategy is not configured now; `undefined` where it may be. */
export const configuringProblem = ({ state }: Pick<StrategySlot, 'state'>): string | undefined =>
  state === 'paper' || state === 'live' ? 'A strategy that runs is not changed: disable it first.' : undefined;

/** Gives a strategy that does not run another configuration. */
export async function configureStrategy({ id, ...input }: ConfigureInput, context: Authorized) {
  return refusable(async (): Promise<StrategyPayload | InvalidInput | NotFound | Conflict | Unavailable> => {
    const { session, principal } = context;
    const slot = session.state().strategies.get(id);
    if (slot === undefined) return notFound('strategy', id);
    const problem = configuringProblem(slot);
    if (problem !== undefined) return conflict(problem);
    const config = await changedConfig(input, slot.config, context);
    if ('__typename' in config) return config;
    return sendStrategyEvent({ kind: 'StrategyConfigured', at: session.state().now, by: actorOf(principal), config }, id, context);
  });
}

async function enableStrategy(id: string, context: Authorized): Promise<StrategyPayload | NotFound | Conflict | Unavailable> {
  const { session, principal } = context;
  const slot = session.state().strategies.get(id);
  if (slot === undefined) return notFound('strategy', id);
  if (slot.state === 'paper' || slot.state === 'live') return conflict(`${slot.config.name} runs already.`);
  const brake = brakeOnResuming(session.state().brakes.values(), id);
  if (brake !== undefined) return conflict(`${slot.config.name} stays paused until ${brake.code} is released. ${brake.because}`);
  if (session.state().mode === 'live' && !isPromoted(slot, session.state()))
    return conflict(`${slot.config.name} is not promoted: its field \`promotion\` lists what is missing before it trades with real money.`);
  const refused = await context.models.tradingProblem(slot.config.version, session.state().mode);
  if (refused !== undefined) return conflict(`${slot.config.name} stays as it is. ${refused}`);
  return sendStrategyEvent({ kind: 'StrategyEnabled', at: session.state().now, by: actorOf(principal), strategyId: id }, id, context);
}

async function disableStrategy(
  id: string,
  reason: string,
  context: Authorized,
): Promise<StrategyPayload | NotFound | Conflict | Unavailable> {
  const { session, principal } = context;
  const slot = session.state().strategies.get(id);
  if (slot === undefined) return notFound('strategy', id);
  const problem = reasonProblem(reason);
  if (problem !== undefined) return conflict(`${problem.message}. ${problem.hint}`);
  if (slot.state === 'paused' || slot.state === 'draft') return conflict(`${slot.config.name} does not run: it is ${slot.state}.`);
  return sendStrategyEvent(
    { kind: 'StrategyDisabled', at: session.state().now, by: actorOf(principal), strategyId: id, reason },
    id,
    context,
  );
}

function addResults(builder: Builder) {
  builder.objectType('StrategyPayload', { fields: (t) => ({ strategy: t.expose('strategy', { type: 'Strategy' }) }) });
  const resolveType = typeOfMember;
  return {
    create: builder.unionType('CreateStrategyResult', {
      types: ['StrategyPayload', 'InvalidInputError', 'CompileFailedError', 'ConflictError', 'UnavailableError'],
      resolveType,
    }),
    configure: builder.unionType('ConfigureStrategyResult', {
      types: ['StrategyPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
      resolveType,
    }),
    enable: builder.unionType('EnableStrategyResult', {
      types: ['StrategyPayload', 'NotFoundError', 'ConflictError', 'UnavailableError'],
      resolveType,
    }),
  };
}

function addInputs(builder: Builder, enums: Enums, parameterInput: ReturnType<typeof addParameterInput>) {
  const create = builder.inputType('CreateStrategyInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      template: t.string(),
      source: t.string({ description: 'Source in AssemblyScript, instead of a template.' }),
      model: t.id({ description: 'The id of a model, instead of a template: the strategy is the module that carries it.' }),
      version: t.string({ description: 'SHA-256 of a version that is kept, instead of a template: nothing is compiled.' }),
      parameters: t.field({ type: [parameterInput], required: true, defaultValue: [] }),
      symbols: t.stringList({ required: true }),
      timeframe: t.field({ type: enums.timeframe, required: true, defaultValue: '1Day' }),
      allocation: t.field({ type: 'Decimal', required: true, defaultValue: '0.2' }),
      size: t.string({ required: true, defaultValue: 'equity:0.08' }),
    }),
  });
  const configure = builder.inputType('ConfigureStrategyInput', {
    description: 'What is absent stays as it is.',
    fields: (t) => ({
      id: t.id({ required: true }),
      parameters: t.field({ type: [parameterInput] }),
      symbols: t.stringList(),
      allocation: t.field({ type: 'Decimal' }),
      size: t.string(),
    }),
  });
  return { create, configure };
}

/** Create, configure, enable and disable. */
export function addStrategyMutations(builder: Builder, enums: Enums, parameterInput: ReturnType<typeof addParameterInput>): void {
  const results = addResults(builder);
  const inputs = addInputs(builder, enums, parameterInput);
  const authScopes = { principal: true } as const;
  builder.mutationFields((t) => ({
    createStrategy: t.authField({
      type: results.create,
      authScopes,
      args: { input: t.arg({ type: inputs.create, required: true }) },
      resolve: (_root, { input }, context) => createStrategy(input, context),
    }),
    configureStrategy: t.authField({
      type: results.configure,
      authScopes,
      args: { input: t.arg({ type: inputs.configure, required: true }) },
      resolve: (_root, { input }, context) => configureStrategy(input, context),
    }),
    enableStrategy: t.authField({
      type: results.enable,
      authScopes,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => enableStrategy(id, context),
    }),
    disableStrategy: t.authField({
      type: results.enable,
      authScopes,
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) => disableStrategy(id, reason, context),
    }),
  }));
}
