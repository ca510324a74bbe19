import { ParameterError } from './errors.ts';
import type { BacktestLimits, BacktestOptions, Sizing } from './types.ts';

/** What a backtest assumes where nothing is said. */
export const DEFAULT_BACKTEST_OPTIONS: BacktestOptions = {
  cash: 100_000,
  commissionRate: 0.001,
  commissionFixed: 0,
  commissionPerUnit: 0,
  commissionMinimum: 0,
  regulatoryFees: false,
  slippageBps: 0,
  fill: 'next-open',
  spreadBps: 0,
  volumeLimit: 0.025,
  impact: 0.1,
  size: { kind: 'all' },
  wholeUnits: false,
  unaffordable: 'refuse',
  protectiveFrom: 'entry-bar',
  periodsPerYear: 252,
  leverage: null,
  maintenance: 0.25,
  borrowRate: 0,
  cashRate: 0,
  debitRate: 0,
  risk: null,
  seed: 0,
};

/** The defaults of the risk policy, of the controls that make sense in a backtest: `--risk default`. */
export const DEFAULT_BACKTEST_LIMITS: BacktestLimits = {
  orderRisk: 0.02,
  orderNotional: 25_000,
  orderWeight: 0.1,
  orderVolume: 0.01,
  minimumLiquidity: 500_000,
  minimumPrice: 5,
  concentration: 0.1,
  grossExposure: 1,
  netExposure: 0.8,
  capitalDeployed: 0.8,
  openPositions: 20,
  shortSale: 0,
  dailyLoss: 0.03,
  drawdown: 0.08,
};

const SIZING_FORMS = 'units:100, equity:0.95@signal, equity:0.95@fill or all';

function refuse(parameter: string, value: unknown, bounds: string): never {
  throw new ParameterError('backtest', parameter, value, bounds);
}

/** `units:100`, `equity:0.95@signal`, `equity:0.95@fill`, `all`. Throws {@link ParameterError}. */
export function parseSizing(text: string): Sizing {
  if (text === 'all') return { kind: 'all' };
  const units = /^units:(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (units !== undefined && Number(units) > 0) return { kind: 'units', units: Number(units) };
  const [, fraction, at] = /^equity:(\d*\.?\d+)@(signal|fill)$/.exec(text) ?? [];
  if (fraction === undefined || at === undefined || !(Number(fraction) > 0)) return refuse('size', text, SIZING_FORMS);
  return { kind: 'equity', fraction: Number(fraction), at: at === 'fill' ? 'fill' : 'signal' };
}

/** The form that {@link parseSizing} reads. */
export function formatSizing(size: Sizing): string {
  if (size.kind === 'units') return `units:${size.units}`;
  return size.kind === 'all' ? 'all' : `equity:${size.fraction}@${size.at}`;
}

function checkRange(parameter: string, value: number, min: number, max: number, bounds: string): void {
  if (!(value >= min && value <= max)) refuse(parameter, value, bounds);
}

const GREAT = 1e15;

function checkLimits(risk: BacktestLimits): void {
  for (const [name, limit] of Object.entries(risk)) {
    if (limit !== null) checkRange(`risk.${name}`, Number(limit), 0, GREAT, '0 or more, or null for no limit');
  }
}

/** Throws {@link ParameterError} for options that no backtest can run with. */
export function checkBacktestOptions(options: BacktestOptions): void {
  checkRange('cash', options.cash, Number.MIN_VALUE, GREAT, 'above 0');
  checkRange('commissionRate', options.commissionRate, 0, 1, 'a fraction from 0 to 1');
  checkRange('commissionFixed', options.commissionFixed, 0, GREAT, '0 or more');
  checkRange('commissionPerUnit', options.commissionPerUnit, 0, GREAT, '0 or more');
  checkRange('slippageBps', options.slippageBps, 0, 9_999, 'from 0 to 9999 basis points');
  checkRange('commissionMinimum', options.commissionMinimum, 0, GREAT, '0 or more');
  checkRange('spreadBps', options.spreadBps, 0, 9_999, 'from 0 to 9999 basis points');
  checkRange('volumeLimit', options.volumeLimit, Number.MIN_VALUE, 1, 'a fraction above 0, up to 1');
  checkRange('impact', options.impact, 0, 1_000, 'from 0 to 1000');
  if (options.leverage !== null) checkRange('leverage', options.leverage, Number.MIN_VALUE, 100, 'above 0, up to 100');
  checkRange('maintenance', options.maintenance, 0, 1, 'a fraction from 0 to 1');
  for (const rate of ['borrowRate', 'cashRate', 'debitRate'] as const)
    checkRange(rate, options[rate], -1, 10, 'a rate a year from -1 to 10');
  if (options.risk !== null) checkLimits(options.risk);
  checkRange('periodsPerYear', options.periodsPerYear, Number.MIN_VALUE, GREAT, 'above 0');
  const { size } = options;
  if (size.kind === 'units') checkRange('size', size.units, Number.MIN_VALUE, GREAT, SIZING_FORMS);
  if (size.kind === 'equity') checkRange('size', size.fraction, Number.MIN_VALUE, 100, SIZING_FORMS);
}
