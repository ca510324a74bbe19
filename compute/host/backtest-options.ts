import { ParameterError } from './errors.ts';
import type { BacktestOptions, Sizing } from './types.ts';

/** What a backtest assumes where nothing is said. */
export const DEFAULT_BACKTEST_OPTIONS: BacktestOptions = {
  cash: 100_000,
  commissionRate: 0.001,
  commissionFixed: 0,
  commissionPerUnit: 0,
  slippageBps: 0,
  fill: 'next-open',
  size: { kind: 'all' },
  wholeUnits: false,
  unaffordable: 'refuse',
  periodsPerYear: 252,
  seed: 0,
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

/** Throws {@link ParameterError} for options that no backtest can run with. */
export function checkBacktestOptions(options: BacktestOptions): void {
  checkRange('cash', options.cash, Number.MIN_VALUE, GREAT, 'above 0');
  checkRange('commissionRate', options.commissionRate, 0, 1, 'a fraction from 0 to 1');
  checkRange('commissionFixed', options.commissionFixed, 0, GREAT, '0 or more');
  checkRange('commissionPerUnit', options.commissionPerUnit, 0, GREAT, '0 or more');
  checkRange('slippageBps', options.slippageBps, 0, 9_999, 'from 0 to 9999 basis points');
  checkRange('periodsPerYear', options.periodsPerYear, Number.MIN_VALUE, GREAT, 'above 0');
  const { size } = options;
  if (size.kind === 'units') checkRange('size', size.units, Number.MIN_VALUE, GREAT, SIZING_FORMS);
  if (size.kind === 'equity') checkRange('size', size.fraction, Number.MIN_VALUE, 100, SIZING_FORMS);
}
