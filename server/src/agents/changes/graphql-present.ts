import type { Context } from '../../graphql/context.ts';
import { conflict, invalidInput, notFound } from '../../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound } from '../../graphql/errors.ts';
import { actionProblem, isExpired, lineOf } from '../../models/model.ts';
import type { RecordedModel } from '../../models/model.ts';
import { format } from '../../money/fixed.ts';
import { isLoosening, layeredValue } from '../../risk/layers.ts';
import { formatLimit, isLimitName, LIMIT_DEFINITIONS, parseLimit } from '../../risk/limits.ts';
import type { LimitName, LimitValue } from '../../risk/limits.ts';
import { formatSize } from '../../strategies/configuration.ts';
import { configurationAsked, configuringProblem } from '../../strategies/graphql-mutations.ts';
import type { ConfigureInput } from '../../strategies/graphql-mutations.ts';
import type { StrategyConfig } from '../../strategies/strategy.ts';
import { isSameChange } from './change.ts';
import type { AgentChange, Configured } from './change.ts';

export interface LimitAsked {
  readonly name: string;
  readonly value: string;
  readonly strategyId?: string | null | undefined;
}

/** What an agent asks for: one of the three. */
export interface ChangeAsked {
  readonly parameters?: ConfigureInput | null | undefined;
  readonly limit?: LimitAsked | null | undefined;
  readonly promotion?: { readonly modelId: string } | null | undefined;
}

type Wanted = AgentChange | InvalidInput | NotFound | Conflict;
type ChangeOf<Kind extends AgentChange['kind']> = Extract<AgentChange, { kind: Kind }>;

export const isRefused = (wanted: Wanted): wanted is InvalidInput | NotFound | Conflict => '__typename' in wanted;

const configured = ({ parameters, symbols, allocation, size }: StrategyConfig): Configured => ({
  parameters,
  symbols,
  allocation: format(allocation),
  size: formatSize(size),
});

const ofStrategy = ({ id, name, version }: StrategyConfig, from: Configured, to: Configured): ChangeOf<'parameters'> => ({
  kind: 'parameters',
  strategyId: id,
  strategyName: name,
  version,
  from,
  to,
});

/** A parameter that is not named stays as it is: an agent that wants one changed need not know the others. */
async function wantedParameters({ id, parameters, ...rest }: ConfigureInput, context: Context): Promise<Wanted> {
  const config = context.session.state().strategies.get(id)?.config;
  if (config === undefined) return notFound('strategy', id);
  const given = new Set(parameters?.map(({ name }) => name));
  const kept = Object.entries(config.parameters).flatMap(([name, value]) => (given.has(name) ? [] : [{ name, value: String(value) }]));
  const changed = await configurationAsked({ ...rest, ...(parameters ? { parameters: [...kept, ...parameters] } : {}) }, config, context);
  if ('__typename' in changed) return changed;
  const wanted = ofStrategy(config, configured(config), configured(changed));
  return isSameChange(wanted, { ...wanted, to: wanted.from }) ? conflict(`${config.name} is configured like that already.`) : wanted;
}

const limitNow = (name: LimitName, strategyId: string | undefined, { session }: Pick<Context, 'session'>): LimitValue => {
  const { limits, layers } = session.state();
  return strategyId === undefined ? limits[name] : layeredValue(limits, layers, `strategy:${strategyId}`, name);
};

function wantedLimit({ name, value, strategyId: given }: LimitAsked, context: Context): Wanted {
  const strategyId = given ?? undefined;
  if (!isLimitName(name))
    return invalidInput(
      'name',
      'There is no limit with this name.',
      `One of ${LIMIT_DEFINITIONS.map((definition) => definition.name).join(', ')}.`,
    );
  const parsed = parseLimit(name, value);
  if (!parsed.ok) return invalidInput('value', parsed.message, 'The query `limits` shows each limit with its unit, default and ceiling.');
  if (strategyId !== undefined && !context.session.state().strategies.has(strategyId)) return notFound('strategy', strategyId);
  const now = limitNow(name, strategyId, context);
  const [from, to] = [formatLimit(name, now), formatLimit(name, parsed.value)];
  if (from === to) return conflict(`${name} is ${to} already.`);
  if (isLoosening(name, now, parsed.value))
    return conflict(
      `${name} is ${from}, and ${to} would let more risk through: agents propose tighter limits only, and people raise them.`,
    );
  return { kind: 'limit', name, ...(strategyId === undefined ? {} : { strategyId }), from, to };
}

async function wantedPromotion(modelId: string, { models }: Pick<Context, 'models'>): Promise<Wanted> {
  const model = await models.byId(modelId);
  if (model === undefined) return notFound('model', modelId);
  return model.state === 'candidate' ? toShadow(model, models) : await toChampion(model, models);
}

function toShadow(model: RecordedModel, models: Context['models']): Wanted {
  const problem = actionProblem(model, 'shadow') ?? (isExpired(model, models.now()) ? 'It has expired: train its successor.' : undefined);
  if (problem !== undefined) return conflict(problem);
  return { kind: 'promotion', modelId: model.id, line: lineOf(model), from: 'candidate', to: 'shadow', evidence: [] };
}

async function toChampion(model: RecordedModel, models: Context['models']): Promise<Wanted> {
  const change = await models.champion(model);
  if (typeof change === 'string') return conflict(change);
  const { line, evidence, displaces } = change;
  const place = displaces === undefined ? {} : { displaces };
  return { kind: 'promotion', modelId: model.id, line, from: model.state, to: 'champion', ...place, evidence };
}

/** The change that is asked for, beside what is now; changes nothing. */
export async function wantedChange({ parameters, limit, promotion }: ChangeAsked, context: Context): Promise<Wanted> {
  const given = [parameters, limit, promotion].filter((each) => each !== undefined && each !== null).length;
  if (given !== 1) return invalidInput('input', `${given} changes are given`, 'Give one of parameters, limit and promotion.');
  if (parameters) return await wantedParameters(parameters, context);
  if (limit) return wantedLimit(limit, context);
  return await wantedPromotion(promotion?.modelId ?? '', context);
}

/** What was proposed, as it would be proposed at this moment. */
async function asOfNow(change: AgentChange, context: Context): Promise<Wanted> {
  switch (change.kind) {
    case 'parameters': {
      const config = context.session.state().strategies.get(change.strategyId)?.config;
      return config === undefined ? notFound('strategy', change.strategyId) : ofStrategy(config, configured(config), change.to);
    }
    case 'limit':
      return { ...change, from: formatLimit(change.name, limitNow(change.name, change.strategyId, context)) };
    case 'promotion':
      return await wantedPromotion(change.modelId, context);
  }
}

/** Why a change cannot be made now, in one sentence: what it was proposed against is no more, or does not allow it. */
export async function presentProblem(change: AgentChange, context: Context): Promise<string | undefined> {
  const now = await asOfNow(change, context);
  if (isRefused(now)) return now.message;
  if (!isSameChange(now, change)) return 'What it was proposed against has changed since: it must be proposed anew.';
  if (change.kind !== 'parameters') return undefined;
  const slot = context.session.state().strategies.get(change.strategyId);
  return slot === undefined ? undefined : configuringProblem(slot);
}
