import { ParameterError } from './errors.ts';

/** What a figure is where it has no meaning: no values, no movement, no losses. */
export type Figure = number | null;

/** Figures by name, in the order in which the module wrote them; not-a-number becomes `null`. */
export function figuresOf<Name extends string>(names: readonly Name[], values: Float64Array): Readonly<Record<Name, Figure>> {
  return Object.fromEntries(names.map((name, index) => [name, figureOf(values[index])])) as Record<Name, Figure>;
}

export const figureOf = (value: number | undefined): Figure => (value === undefined || Number.isNaN(value) ? null : value);

/** A larger one is no return, and its powers would not be finite. */
const RETURN_MAX = 1e30;

/** Simple returns: at least -1, which is the loss of everything. Throws a RangeError that names the first that is none. */
export function checkReturns(name: string, returns: Float64Array): void {
  for (let index = 0; index < returns.length; index += 1) {
    const value = returns[index] ?? Number.NaN;
    if (value >= -1 && value <= RETURN_MAX) continue;
    throw new RangeError(
      `${name}[${index}] is ${value}, but a simple return is a number from -1 to ${RETURN_MAX}: leave gaps out, and end the series where all is lost.`,
    );
  }
}

export function checkSameLength(name: string, values: Float64Array, otherName: string, others: Float64Array): void {
  if (values.length === others.length) return;
  throw new RangeError(
    `${name} has ${values.length} values and ${otherName} ${others.length}: join the two by time, so that each has the same times.`,
  );
}

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  /** Whether the bounds themselves are out. */
  readonly above?: boolean;
  readonly below?: boolean;
}

/** A parameter within its bounds. Throws {@link ParameterError}. */
export function checkNumber(
  what: string,
  name: string,
  value: number,
  { min, max, whole = false, above = false, below = false }: Range,
): number {
  const inside = (above ? value > min : value >= min) && (below ? value < max : value <= max);
  if (inside && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  const bounds = `${above ? 'above' : 'from'} ${min} ${below ? 'to below' : 'to'} ${max}`;
  throw new ParameterError(what, name, value, `${whole ? 'a whole number' : 'a number'} ${bounds}`);
}

/** One of some names, as its place among them. Throws {@link ParameterError}. */
export function checkChoice<Choice extends string>(what: string, name: string, value: Choice, choices: readonly Choice[]): number {
  const index = choices.indexOf(value);
  if (index >= 0) return index;
  throw new ParameterError(what, name, value, `one of ${choices.join(', ')}`);
}

const PERIODS: Range = { min: 0, max: 1e7, above: true };

export const checkPeriods = (what: string, value: number): number => checkNumber(what, 'periodsPerYear', value, PERIODS);

/** How an annual rate becomes one of a period: a share of it, or the root of it. */
export type RateConversion = 'arithmetic' | 'geometric';

export function periodRate(what: string, name: string, annual: number, periods: number, conversion: RateConversion): number {
  checkNumber(what, name, annual, { min: -1, max: 1e6, above: true });
  return checkChoice(what, 'conversion', conversion, ['arithmetic', 'geometric']) === 0
    ? annual / periods
    : (1 + annual) ** (1 / periods) - 1;
}
