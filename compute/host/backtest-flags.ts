import { checkBacktestOptions, DEFAULT_BACKTEST_LIMITS, DEFAULT_BACKTEST_OPTIONS, parseSizing } from './backtest-options.ts';
import { ParameterError } from './errors.ts';
import type { BacktestLimits, BacktestOptions, ParameterValues } from './types.ts';

/** A command line that cannot be carried out as written: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The flags of `tidemark backtest` as a command-line parser gives them: texts by camel-case name. */
export interface BacktestFlags {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `name=value`, any number of times. */
  readonly param?: readonly string[] | undefined;
  readonly cash?: string | undefined;
  readonly commissionRate?: string | undefined;
  readonly commissionFixed?: string | undefined;
  readonly commissionPerUnit?: string | undefined;
  readonly commissionMinimum?: string | undefined;
  readonly regulatoryFees?: boolean | undefined;
  readonly slippageBps?: string | undefined;
  readonly fill?: string | undefined;
  readonly spreadBps?: string | undefined;
  readonly volumeLimit?: string | undefined;
  readonly impact?: string | undefined;
  readonly protectiveFrom?: string | undefined;
  readonly leverage?: string | undefined;
  readonly maintenance?: string | undefined;
  readonly borrowRate?: string | undefined;
  readonly cashRate?: string | undefined;
  readonly debitRate?: string | undefined;
  /** `default`, `none`, or the JSON text of limits, which the caller has read from a file. */
  readonly risk?: string | undefined;
  readonly size?: string | undefined;
  readonly wholeUnits?: boolean | undefined;
  readonly unaffordable?: string | undefined;
  readonly periodsPerYear?: string | undefined;
  readonly seed?: string | undefined;
}

export interface ParsedBacktestFlags {
  readonly options: BacktestOptions;
  readonly parameters: ParameterValues;
  /** Milliseconds since 1970 UTC, included; `undefined` where the data's own ends count. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

const DAY_MS = 86_400_000;
const TIME_FORMS = 'a day (2024-01-31) or an instant in UTC (2024-01-31T14:30:00Z)';

function parseNumber(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`--${flag} is ${JSON.stringify(text)}; it must be a number`);
}

function parseChoice<T extends string>(flag: string, text: string | undefined, choices: readonly [T, ...T[]]): T {
  if (text === undefined) return choices[0];
  const known = choices.find((choice) => choice === text);
  if (known !== undefined) return known;
  throw new UsageError(`--${flag} is ${JSON.stringify(text)}; it must be ${choices.join(' or ')}`);
}

/** A day means its first instant, or its last for `--to`. */
function parseTime(flag: 'from' | 'to', text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/.test(text);
  const atMs = isDay || isInstant ? Date.parse(text) : Number.NaN;
  // A day that does not exist (February 30) is moved on by the parser: refuse it.
  const day = Number.isNaN(atMs) ? '' : new Date(atMs).toISOString().slice(0, 10);
  if (day !== text.slice(0, 10)) throw new UsageError(`--${flag} is ${JSON.stringify(text)}; it must be ${TIME_FORMS}`);
  return flag === 'to' && isDay ? atMs + DAY_MS - 1 : atMs;
}

function parseParameters(texts: readonly string[]): ParameterValues {
  const values = new Map<string, string>();
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`--param is ${JSON.stringify(text)}; it must be name=value`);
    if (values.has(name)) throw new UsageError(`--param ${name} is given twice`);
    values.set(name, value);
  }
  return Object.fromEntries(values);
}

function parseLimits(text: string | undefined): BacktestLimits | null {
  if (text === undefined || text === 'none') return null;
  if (text === 'default') return DEFAULT_BACKTEST_LIMITS;
  const known = Object.keys(DEFAULT_BACKTEST_LIMITS);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new UsageError('--risk must be default, none, or a file of JSON limits', { cause: error });
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new UsageError('--risk: the file must hold one JSON object');
  for (const [name, limit] of Object.entries(given)) {
    if (!known.includes(name)) throw new UsageError(`--risk: there is no limit ${JSON.stringify(name)}; there are ${known.join(', ')}`);
    if (limit !== null && typeof limit !== 'number') throw new UsageError(`--risk: ${name} must be a number, or null for no limit`);
  }
  return { ...DEFAULT_BACKTEST_LIMITS, ...given };
}

function parseOptions(flags: BacktestFlags): BacktestOptions {
  const defaults = DEFAULT_BACKTEST_OPTIONS;
  return {
    cash: parseNumber('cash', flags.cash, defaults.cash),
    commissionRate: parseNumber('commission-rate', flags.commissionRate, defaults.commissionRate),
    commissionFixed: parseNumber('commission-fixed', flags.commissionFixed, defaults.commissionFixed),
    commissionPerUnit: parseNumber('commission-per-unit', flags.commissionPerUnit, defaults.commissionPerUnit),
    commissionMinimum: parseNumber('commission-minimum', flags.commissionMinimum, defaults.commissionMinimum),
    regulatoryFees: flags.regulatoryFees ?? defaults.regulatoryFees,
    slippageBps: parseNumber('slippage-bps', flags.slippageBps, defaults.slippageBps),
    fill: parseChoice('fill', flags.fill, ['next-open', 'same-close', 'spread', 'volume-share', 'square-root']),
    spreadBps: parseNumber('spread-bps', flags.spreadBps, defaults.spreadBps),
    volumeLimit: parseNumber('volume-limit', flags.volumeLimit, defaults.volumeLimit),
    impact: parseNumber('impact', flags.impact, defaults.impact),
    size: flags.size === undefined ? defaults.size : parseSizing(flags.size),
    wholeUnits: flags.wholeUnits ?? defaults.wholeUnits,
    unaffordable: parseChoice('unaffordable', flags.unaffordable, ['refuse', 'reduce']),
    protectiveFrom: parseChoice('protective-from', flags.protectiveFrom, ['entry-bar', 'next-bar']),
    leverage: flags.leverage === undefined ? null : parseNumber('leverage', flags.leverage, 1),
    maintenance: parseNumber('maintenance', flags.maintenance, defaults.maintenance),
    borrowRate: parseNumber('borrow-rate', flags.borrowRate, defaults.borrowRate),
    cashRate: parseNumber('cash-rate', flags.cashRate, defaults.cashRate),
    debitRate: parseNumber('debit-rate', flags.debitRate, defaults.debitRate),
    risk: parseLimits(flags.risk),
    periodsPerYear: parseNumber('periods-per-year', flags.periodsPerYear, defaults.periodsPerYear),
    seed: parseNumber('seed', flags.seed, defaults.seed),
  };
}

/** Throws {@link UsageError} for flags that say nothing sensible. A strategy's own parameters are checked by the strategy. */
export function parseBacktestFlags(flags: BacktestFlags): ParsedBacktestFlags {
  try {
    const options = parseOptions(flags);
    checkBacktestOptions(options);
    const from = parseTime('from', flags.from);
    const to = parseTime('to', flags.to);
    if (from !== undefined && to !== undefined && from > to) throw new UsageError('--from is after --to');
    return { options, parameters: parseParameters(flags.param ?? []), from, to };
  } catch (error) {
    if (error instanceof ParameterError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
