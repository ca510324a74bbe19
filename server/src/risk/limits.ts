import { DecimalTextError, divide, format, money, ratio, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Price, Ratio } from '../money/fixed.ts';
import type { DenialCode } from '../orders/order.ts';
import { LIMIT_DEFINITIONS } from './limit-definitions.ts';

export { LIMIT_DEFINITIONS } from './limit-definitions.ts';

/** Which of the numbers a limit is made of, and what it may be. Values are decimal text in JSON and GraphQL. */
export interface LimitDefinition {
  readonly name: LimitName;
  readonly code: DenialCode | BreakerCode;
  readonly title: string;
  readonly description: string;
  readonly unit: 'ratio' | 'usd' | 'count' | 'ms';
  readonly default: string;
  /** Compiled in: cannot be raised by anybody. `undefined` where none. */
  readonly ceiling: string | undefined;
  /** The direction that lets more risk through. */
  readonly looser: 'higher' | 'lower';
}

export const BREAKER_CODES = [
  'DailyLoss',
  'Drawdown',
  'StrategyDrawdown',
  'StrategyDailyLoss',
  'StopCluster',
  'Volatility',
  'Disconnected',
  'Rejects',
  'Slippage',
  'ModelDrift',
  'FeedGap',
] as const;
export type BreakerCode = (typeof BREAKER_CODES)[number];
/** Breakers that move the trading state of the account. */
export type AccountBreakerCode = 'DailyLoss' | 'Drawdown';

interface Figures {
  readonly orderRiskRatioMax: Ratio;
  readonly orderNotionalUsdMax: Money;
  readonly orderNotionalRatioMax: Ratio;
  readonly orderVolumeRatioMax: Ratio;
  readonly minimumLiquidityUsdMin: Money;
  readonly minimumPriceUsdMin: Price;
  readonly concentrationRatioMax: Ratio;
  readonly concentrationBroadRatioMax: Ratio;
  readonly grossExposureRatioMax: Ratio;
  readonly netExposureRatioMax: Ratio;
  readonly capitalDeployedRatioMax: Ratio;
  readonly openPositionsMax: number;
  readonly strategyAllocationRatioMax: Ratio;
  readonly sectorExposureRatioMax: Ratio;
  readonly sectorUnknownRatioMax: Ratio;
  readonly portfolioHeatRatioMax: Ratio;
  readonly valueAtRiskRatioMax: Ratio;
  readonly expectedShortfallRatioMax: Ratio;
  readonly priceCollarRatioMax: Ratio;
  readonly priceCollarLiquidRatioMax: Ratio;
  readonly orderRateSecondMax: number;
  readonly orderRateMinuteMax: number;
  readonly orderRateStrategyMinuteMax: number;
  readonly orderRateAgentMinuteMax: number;
  readonly agentApprovalNotionalRatioMax: Ratio;
  readonly repeatedExecutionMax: number;
  readonly openOrdersMax: number;
  readonly openOrdersSymbolMax: number;
  readonly staleDataMsMax: number;
  readonly staleDataLiquidMsMax: number;
  readonly clockSkewMsMax: number;
  readonly shortExposureRatioMax: Ratio;
  readonly buyingPowerRatioMax: Ratio;
  readonly greeksDeltaRatioMax: Ratio;
  readonly liveGatePaperDaysMin: number;
  readonly dailyLossHalfRatioMax: Ratio;
  readonly dailyLossOffRatioMax: Ratio;
  readonly drawdownHalfRatioMax: Ratio;
  readonly drawdownReduceRatioMax: Ratio;
  readonly drawdownKillRatioMax: Ratio;
  readonly strategyDrawdownRatioMax: Ratio;
  readonly strategyDailyLossRatioMax: Ratio;
  readonly stopClusterMax: number;
  readonly volatilityHalfMultipleMax: number;
  readonly volatilityOffMultipleMax: number;
  readonly disconnectedMsMax: number;
  readonly rejectsRatioMax: Ratio;
  readonly rejectsRowMax: number;
  readonly slippageRatioMax: Ratio;
  readonly modelDriftHalfRatioMax: Ratio;
  readonly modelDriftPauseRatioMax: Ratio;
  readonly feedGapIntervalsMax: number;
}
export type LimitName = keyof Figures;

export interface Limits extends Figures {
  /** Set in {@link UNLIMITED} alone: the controls that have no figure are off as well. */
  readonly unchecked?: true;
}
/** The value of one limit: fixed point at 1e-9, or a whole number of things or milliseconds. */
export type LimitValue<N extends LimitName = LimitName> = Limits[N];

export const isLimitName = (name: string): name is LimitName => LIMIT_DEFINITIONS.some((definition) => definition.name === name);

const definitions = new Map(LIMIT_DEFINITIONS.map((definition) => [definition.name, definition]));

export function limitDefinition(name: LimitName): LimitDefinition {
  const definition = definitions.get(name);
  if (definition === undefined) throw new Error(`Invariant: the limit ${name} has a definition`);
  return definition;
}

/** Larger than any figure that text or an account can give: the value of a limit that limits nothing. */
const UNLIMITED_UNITS = 10n ** 40n;
const UNLIMITED_COUNT = Number.MAX_SAFE_INTEGER;

/** True where a limit has been switched off by {@link UNLIMITED}: a figure it would need may then be missing. */
export const isUnlimited = (limit: bigint | number): boolean =>
  typeof limit === 'bigint' ? limit >= UNLIMITED_UNITS : limit >= UNLIMITED_COUNT;

const inUnits = ({ unit }: LimitDefinition, text: string): bigint | number => {
  if (unit === 'count' || unit === 'ms') return Number(text);
  return unit === 'ratio' ? ratio(text) : money(text);
};

/** A value for every limit there is: the definitions are the list of them. */
function figuresOf(valueOf: (definition: LimitDefinition) => bigint | number): Figures {
  const entries = LIMIT_DEFINITIONS.map((definition) => [definition.name, valueOf(definition)] as const);
  return Object.fromEntries(entries) as unknown as Figures;
}

const nothingLimited = ({ unit, looser }: LimitDefinition): bigint | number => {
  const whole = unit === 'count' || unit === 'ms';
  if (looser === 'lower') return whole ? 0 : 0n;
  return whole ? UNLIMITED_COUNT : UNLIMITED_UNITS;
};

/**
 * No limit limits anything, for replays that must equal a backtest without risk control. Only OrderSanity and TradingState
 * still deny; breakers never trip.
 */
export const UNLIMITED: Limits = Object.freeze({ ...figuresOf(nothingLimited), unchecked: true as const });

/** Every limit at its default. */
export const DEFAULT_LIMITS: Limits = Object.freeze(figuresOf((definition) => inUnits(definition, definition.default)));

/** A figure in the unit of a limit, and what it means: fixed-point units, or a whole number. */
type Parsed = { readonly ok: true; readonly value: bigint | number } | { readonly ok: false; readonly message: string };

export type LimitParse = { readonly ok: true; readonly value: LimitValue } | { readonly ok: false; readonly message: string };

/**
 * Reads the new value of a limit from decimal text: ratios as fractions (`0.02` is 2 %), dollars, whole counts, whole
 * milliseconds. Refuses with a sentence for people: bad text, negative, zero where zero means nothing, above the ceiling.
 */
export function parseLimit(name: LimitName, text: string): LimitParse {
  const definition = limitDefinition(name);
  const parsed = parseUnit(definition, text.trim());
  if (!parsed.ok) return parsed;
  const problem = outOfBounds(definition, parsed.value);
  if (problem !== undefined) return { ok: false, message: problem };
  return { ok: true, value: parsed.value as LimitValue };
}

function parseUnit(definition: LimitDefinition, text: string): Parsed {
  const { name, unit } = definition;
  if (unit === 'count' || unit === 'ms') {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value))
      return { ok: false, message: `${name}: "${text.slice(0, 60)}" is not a whole number: give digits only, like ${definition.default}` };
    return { ok: true, value };
  }
  try {
    return { ok: true, value: unit === 'ratio' ? ratio(text) : money(text) };
  } catch (error) {
    if (!(error instanceof DecimalTextError)) throw error;
    return { ok: false, message: `${name}: ${error.message}; give a decimal like ${definition.default}` };
  }
}

function outOfBounds(definition: LimitDefinition, value: bigint | number): string | undefined {
  const { name, unit, ceiling, looser } = definition;
  if (value < 0) return `${name}: a limit is not negative`;
  if (unit === 'ratio' && value > UNITS_PER_ONE && ceiling === undefined) return `${name}: a fraction of at most 1, where 0.02 means 2 %`;
  if (ceiling === undefined) return undefined;
  const bound = parseUnit(definition, ceiling);
  if (!bound.ok) throw new Error(`Invariant: the ceiling of ${name} is readable: ${bound.message}`);
  const beyond = looser === 'higher' ? value > bound.value : value < bound.value;
  return beyond
    ? `${name}: ${formatValue(unit, value)} is beyond the compiled ceiling of ${formatValue(unit, bound.value)}, which nobody can raise`
    : undefined;
}

/** Decimal text of a value, as {@link parseLimit} reads it; `unlimited` where the limit is off. */
export function formatLimit(name: LimitName, value: LimitValue): string {
  if (isUnlimited(value)) return 'unlimited';
  return typeof value === 'bigint' ? format(value) : String(limitDefinition(name).unit === 'count' ? value : Math.trunc(value));
}

/** A value for people: `2 %`, `$25000`, `20`, `30000 ms`. */
export function formatValue(unit: LimitDefinition['unit'], value: bigint | number): string {
  if (isUnlimited(value)) return 'unlimited';
  if (typeof value === 'number') return unit === 'ms' ? `${value} ms` : String(value);
  return unit === 'ratio' ? percent(value as Ratio) : `$${format(value as Money)}`;
}

/** `2 %` for 0.02, exactly. */
export const percent = (value: Ratio): string => `${format((value * 100n) as Ratio)} %`;

/** The limits with one value changed. */
export const withLimit = <N extends LimitName>(limits: Limits, name: N, value: Limits[N] | LimitValue): Limits => {
  if (typeof value !== typeof limits[name]) throw new Error(`Invariant: ${name} takes a ${typeof limits[name]}`);
  return Object.freeze({ ...limits, [name]: value });
};

/** True where going from one value to the other lets less risk through: such a change needs nobody's leave. */
export function tightens(name: LimitName, from: LimitValue, to: LimitValue): boolean {
  return limitDefinition(name).looser === 'higher' ? to < from : to > from;
}

/** Half of a limit, rounded down: what a sizing limit shows in the HALF state. */
export const halved = <T extends Ratio | Money>(limit: T): T => (isUnlimited(limit) ? limit : (divide(limit, 2n, 'floor') as T));
