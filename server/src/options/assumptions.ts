import { DEFAULT_ASSUMPTIONS } from './quote.ts';
import type { OptionAssumptions } from './quote.ts';

/** An assumption that cannot be meant. */
export class AssumptionError extends Error {
  override readonly name = 'AssumptionError';
  readonly field: string;
  constructor(field: string, value: unknown) {
    super(`${field} must be a number from -0.5 to 1 (0.04 is 4 % a year), got ${String(value)}`);
    this.field = field;
  }
}

const isYearly = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= -0.5 && value <= 1;

export function checkAssumptions(assumptions: OptionAssumptions): OptionAssumptions {
  if (!isYearly(assumptions.rate)) throw new AssumptionError('rate', assumptions.rate);
  if (!isYearly(assumptions.dividendYield)) throw new AssumptionError('dividendYield', assumptions.dividendYield);
  for (const [symbol, value] of Object.entries(assumptions.dividendYields)) {
    if (!isYearly(value)) throw new AssumptionError(`dividendYield of ${symbol}`, value);
  }
  return assumptions;
}

/** Assumptions as they are kept; the defaults where none were. Throws for what nobody can have saved. */
export function assumptionsFrom(setting: unknown): OptionAssumptions {
  if (setting === undefined || setting === null) return DEFAULT_ASSUMPTIONS;
  if (typeof setting !== 'object' || !('rate' in setting) || !('dividendYield' in setting) || !('dividendYields' in setting))
    throw new Error('Invariant: the saved assumptions of options hold rate, dividendYield and dividendYields');
  const { rate, dividendYield, dividendYields } = setting as OptionAssumptions;
  return checkAssumptions({ ...DEFAULT_ASSUMPTIONS, rate, dividendYield, dividendYields });
}
