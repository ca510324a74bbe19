import { ParameterError, UsageError, checkBacktestOptions, parseBacktestFlags, parseSizing } from '@tidemark/compute';
import type { BacktestOptions, ParameterValues, StrategyModule } from '@tidemark/compute/types';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { invalidInput, notFound } from '../graphql/errors.ts';
import type { CompileFailed, InvalidInput, NotFound } from '../graphql/errors.ts';
import type { addParameterInput } from '../market-data/graphql.ts';
import { money, toNumber } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { findModule, readParameters } from '../strategies/graphql-mutations.ts';
import type { ParameterPair } from '../strategies/graphql.ts';

/** Options that are the same in the API as in the compute core. */
const PLAIN_OPTIONS = [
  ...(['commissionRate', 'commissionFixed', 'commissionPerUnit', 'commissionMinimum', 'regulatoryFees', 'slippageBps'] as const),
  ...(['spreadBps', 'volumeLimit', 'impact', 'wholeUnits', 'maintenance', 'borrowRate', 'cashRate', 'debitRate'] as const),
  ...(['periodsPerYear', 'seed'] as const),
] as const;

/** What to test and how, as the API is told. */
export interface BacktestInput extends Pick<BacktestOptions, (typeof PLAIN_OPTIONS)[number]> {
  readonly template?: string | null | undefined;
  readonly strategyId?: string | null | undefined;
  readonly source?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly version?: string | null | undefined;
  readonly parameters: readonly ParameterPair[];
  readonly symbol: string;
  readonly from?: Instant | null | undefined;
  readonly to?: Instant | null | undefined;
  readonly cash: string;
  readonly fill: string;
  readonly size: string;
  readonly unaffordable: string;
  readonly protectiveFrom: string;
  readonly leverage?: number | null | undefined;
  readonly risk: string;
}

interface Chosen {
  readonly module: StrategyModule;
  readonly strategyName: string;
  readonly strategyFlag: string;
  /** What the parameters start from: a strategy's own, or the module's defaults. */
  readonly base: ParameterValues;
}

export const isAnswer = (value: object): value is InvalidInput | CompileFailed | NotFound => '__typename' in value;

async function chosen(input: BacktestInput, context: Context): Promise<Chosen | InvalidInput | CompileFailed | NotFound> {
  const { strategyId } = input;
  if (typeof strategyId !== 'string') {
    const found = await findModule({ ...input, name: 'strategy.ts' }, context);
    if (isAnswer(found)) return found;
    const flag = typeof input.template === 'string' ? found.name : typeof input.source === 'string' ? 'strategy.ts' : 'strategy.wasm';
    return { module: found.module, strategyName: found.name, strategyFlag: flag, base: {} };
  }
  if ([input.template, input.source, input.model, input.version].some((each) => typeof each === 'string')) {
    return invalidInput('strategyId', 'More than one of template, strategyId, source, model and version is given', 'Give one of them.');
  }
  const slot = context.session.state().strategies.get(strategyId);
  const kept = slot === undefined ? undefined : await context.strategies.byVersion(slot.config.version);
  if (slot === undefined || kept === undefined) return notFound('strategy', strategyId);
  return { module: kept.module, strategyName: slot.config.name, strategyFlag: slot.config.source, base: slot.config.parameters };
}

const plainOptions = (input: BacktestInput): Pick<BacktestOptions, (typeof PLAIN_OPTIONS)[number]> =>
  Object.fromEntries(PLAIN_OPTIONS.map((name) => [name, input[name]])) as Pick<BacktestOptions, (typeof PLAIN_OPTIONS)[number]>;

/** Choices and limits are read as the command line reads them: one set of words for both. */
function optionsOf(input: BacktestInput): BacktestOptions | InvalidInput {
  try {
    const { fill, unaffordable, protectiveFrom, risk } = input;
    const chosenOptions = parseBacktestFlags({ fill, unaffordable, protectiveFrom, risk }).options;
    const options: BacktestOptions = {
      ...chosenOptions,
      ...plainOptions(input),
      cash: toNumber(money(input.cash)),
      size: parseSizing(input.size),
      leverage: input.leverage ?? null,
    };
    checkBacktestOptions(options);
    return options;
  } catch (error) {
    if (error instanceof UsageError) return refusedChoice(error.message);
    if (!(error instanceof ParameterError)) throw error;
    return invalidInput(error.parameter, error.message, `It must be ${error.allowed}.`);
  }
}

const FIELD_OF_FLAG: Readonly<Record<string, string>> = {
  '--fill': 'fill',
  '--unaffordable': 'unaffordable',
  '--protective-from': 'protectiveFrom',
  '--risk': 'risk',
};

function refusedChoice(message: string): InvalidInput {
  const [flag = ''] = /^--[a-z-]+/.exec(message) ?? [];
  const field = FIELD_OF_FLAG[flag] ?? 'risk';
  return invalidInput(field, message.replace(flag, field), 'The description of the field lists what it takes.');
}

/** What is asked for, believed: everything but the bars. */
export interface AskedBacktest extends Omit<Chosen, 'base'> {
  readonly parameters: ParameterValues;
  readonly symbol: string;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly options: BacktestOptions;
}

/** Checks everything that can be checked without running it, but what only the strategy knows of its parameters. */
export async function readBacktestInput(
  input: BacktestInput,
  context: Context,
): Promise<AskedBacktest | InvalidInput | CompileFailed | NotFound> {
  const options = optionsOf(input);
  if ('__typename' in options) return options;
  const { from, to, symbol } = input;
  if (from && to && from >= to) return invalidInput('from', 'from is not before to', 'Give an earlier start or a later end.');
  const instruments = await context.marketData.instruments();
  if (!instruments.some((each) => each.symbol === symbol && each.bars > 0)) {
    return invalidInput(
      'symbol',
      'There are no bars of this symbol',
      'The query `instruments` lists the symbols with their number of bars.',
    );
  }
  const found = await chosen(input, context);
  if (isAnswer(found)) return found;
  const base = Object.entries(found.base).map(([name, value]) => ({ name, value: String(value) }));
  const given = new Set(input.parameters.map(({ name }) => name));
  const parameters = readParameters(found.module, [...base.filter(({ name }) => !given.has(name)), ...input.parameters]);
  if (!parameters.ok) return invalidInput(parameters.problem.field, parameters.problem.message, parameters.problem.hint);
  const { module, strategyName, strategyFlag } = found;
  return {
    module,
    strategyName,
    strategyFlag,
    parameters: parameters.value,
    symbol,
    from: from ?? undefined,
    to: to ?? undefined,
    options,
  };
}

export type InputFields = Parameters<Parameters<Builder['inputType']>[1]['fields']>[0];

/** Whose money is traded with, and within which limits. */
const accountFields = (t: InputFields) => ({
  leverage: t.float({ description: 'Greatest gross exposure as a multiple of equity; none is a cash account.' }),
  maintenance: t.float({ required: true, defaultValue: 0.25, description: 'Equity below this part of gross exposure closes all.' }),
  borrowRate: t.float({ required: true, defaultValue: 0, description: 'A year, on the value of shorts.' }),
  cashRate: t.float({ required: true, defaultValue: 0, description: 'A year, earned on cash.' }),
  debitRate: t.float({ required: true, defaultValue: 0, description: 'A year, paid on debt.' }),
  risk: t.string({
    required: true,
    defaultValue: 'none',
    description: 'none, default, or a JSON object of the limits that differ from default.',
  }),
  periodsPerYear: t.float({ required: true, defaultValue: 252 }),
  seed: t.float({ required: true, defaultValue: 0 }),
});

/** The fields of {@link BacktestInput}. */
export const backtestFields = (t: InputFields, parameterInput: ReturnType<typeof addParameterInput>) => ({
  template: t.string(),
  strategyId: t.id(),
  source: t.string(),
  model: t.id({ description: 'The id of a model: the module that carries it is tested.' }),
  version: t.string({ description: 'SHA-256 of a version that is kept.' }),
  parameters: t.field({ type: [parameterInput], required: true, defaultValue: [] }),
  symbol: t.string({ required: true }),
  from: t.field({ type: 'DateTime' }),
  to: t.field({ type: 'DateTime' }),
  cash: t.field({ type: 'Decimal', required: true, defaultValue: '100000' }),
  commissionRate: t.float({ required: true, defaultValue: 0, description: 'Of notional, per side.' }),
  commissionFixed: t.float({ required: true, defaultValue: 0 }),
  commissionPerUnit: t.float({ required: true, defaultValue: 0 }),
  commissionMinimum: t.float({ required: true, defaultValue: 0, description: 'Least commission of an order, in money.' }),
  regulatoryFees: t.boolean({ required: true, defaultValue: false, description: 'What US regulators take of shares.' }),
  slippageBps: t.float({ required: true, defaultValue: 0 }),
  fill: t.string({
    required: true,
    defaultValue: 'next-open',
    description: 'next-open, same-close, spread, volume-share or square-root.',
  }),
  spreadBps: t.float({ required: true, defaultValue: 0, description: 'Between bid and ask, for spread.' }),
  volumeLimit: t.float({ required: true, defaultValue: 0.025, description: 'Part of a bar’s volume that may fill, for volume-share.' }),
  impact: t.float({ required: true, defaultValue: 0.1, description: 'Coefficient, for volume-share and square-root.' }),
  size: t.string({
    required: true,
    defaultValue: 'equity:0.95@signal',
    description: 'units:100, equity:0.95@signal, equity:0.95@fill or all.',
  }),
  wholeUnits: t.boolean({ required: true, defaultValue: true }),
  unaffordable: t.string({ required: true, defaultValue: 'refuse', description: 'refuse or reduce.' }),
  protectiveFrom: t.string({
    required: true,
    defaultValue: 'entry-bar',
    description: 'When stop loss and take profit start: entry-bar or next-bar.',
  }),
  ...accountFields(t),
});
