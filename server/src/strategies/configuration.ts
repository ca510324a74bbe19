import { isOptionSymbol } from '../instruments/option-symbol.ts';
import { DecimalTextError, format, quantity, ratio, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Ratio } from '../money/fixed.ts';
import type { SizePolicy } from './strategy.ts';

/** What is wrong with one field of a strategy's configuration, and what to do. */
export interface ConfigurationProblem {
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ConfigurationProblem };

const refuse = (field: string, message: string, hint: string): { readonly ok: false; readonly problem: ConfigurationProblem } => ({
  ok: false,
  problem: { field, message, hint },
});

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?$/;
const SYMBOL = /^[A-Z0-9.]{1,12}$/;
const SYMBOLS_MAX = 50;

export function parseName(text: string): Parsed<string> {
  if (NAME.test(text)) return { ok: true, value: text };
  return refuse(
    'name',
    'name must be 1 to 40 letters, digits, spaces, points, dashes or underscores',
    'Begin and end it with a letter or a digit.',
  );
}

/** Distinct listed symbols, in the order given: the order is part of what the module sees. */
export function parseSymbols(symbols: readonly string[], knows: (symbol: string) => boolean): Parsed<readonly string[]> {
  if (symbols.length === 0 || symbols.length > SYMBOLS_MAX)
    return refuse('symbols', `symbols must hold 1 to ${SYMBOLS_MAX} symbols`, 'Name what it trades.');
  if (new Set(symbols).size !== symbols.length) return refuse('symbols', 'symbols holds one of them twice', 'Name each once.');
  const option = symbols.find(isOptionSymbol);
  if (option !== undefined)
    return refuse('symbols', `${option} is an option: strategies trade what has bars`, 'Options are traded by a ticket.');
  const bad = symbols.find((symbol) => !SYMBOL.test(symbol));
  if (bad !== undefined)
    return refuse('symbols', 'A symbol is 1 to 12 of A–Z, 0–9 and the point', 'Write it as in the list of instruments.');
  const unknown = symbols.find((symbol) => !knows(symbol));
  if (unknown !== undefined)
    return refuse('symbols', `${unknown} is not listed here`, 'The query `instruments` lists the symbols that can be traded.');
  return { ok: true, value: symbols };
}

function decimal<T>(field: string, text: string, parse: (text: string) => T, hint: string): Parsed<T> {
  try {
    return { ok: true, value: parse(text) };
  } catch (error) {
    if (error instanceof DecimalTextError) return refuse(field, error.message, hint);
    throw error;
  }
}

export function parseAllocation(text: string): Parsed<Ratio> {
  const parsed = decimal('allocation', text, ratio, 'Write a fraction of equity, like 0.2.');
  if (parsed.ok && (parsed.value <= 0n || parsed.value > UNITS_PER_ONE)) {
    return refuse('allocation', `allocation must be above 0 and at most 1, got ${text}`, 'Write a fraction of equity: 0.2 is 20 %.');
  }
  return parsed;
}

const SIZE_HINT = 'Write "equity:0.08" for 8 % of equity a symbol, or "units:100" for 100 shares.';

/** Reads `equity:FRACTION` or `units:N`. */
export function parseSize(text: string): Parsed<SizePolicy> {
  const [kind, amount, ...rest] = text.split(':');
  if (amount === undefined || rest.length > 0) return refuse('size', `"${text.slice(0, 40)}" is not a size`, SIZE_HINT);
  if (kind === 'units') {
    const units = decimal('size', amount, quantity, SIZE_HINT);
    if (!units.ok) return units;
    return units.value > 0n ? { ok: true, value: { kind, units: units.value } } : refuse('size', 'units must be above zero', SIZE_HINT);
  }
  if (kind !== 'equity') return refuse('size', `"${text.slice(0, 40)}" is not a size`, SIZE_HINT);
  const fraction = decimal('size', amount, ratio, SIZE_HINT);
  if (!fraction.ok) return fraction;
  if (fraction.value <= 0n || fraction.value > UNITS_PER_ONE)
    return refuse('size', 'the fraction must be above 0 and at most 1', SIZE_HINT);
  return { ok: true, value: { kind, fraction: fraction.value } };
}

/** As {@link parseSize} reads it. */
export const formatSize = (size: SizePolicy): string =>
  size.kind === 'units' ? `units:${format(size.units)}` : `equity:${format(size.fraction)}`;
