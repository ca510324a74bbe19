import type { OptionsModule } from './options-module.ts';
import { OptionError, type OptionField } from './options-status.ts';

export type OptionRight = 'call' | 'put';

/** A value for each option, or one for all. */
export type Column = Float64Array | number;

/** The terms of many options. Columns that are arrays have one length. */
export interface ChainTerms {
  /** 0 for a call, 1 for a put. */
  readonly right: Uint8Array | OptionRight;
  readonly spot: Column;
  readonly strike: Column;
  /** To expiry, in years. */
  readonly years: Column;
  /** Continuously compounded, per year: 0.05 is 5 %. */
  readonly rate: Column;
  /** Continuously compounded, per year; the cost of borrowing or a foreign rate in its place makes it a forward's option. */
  readonly dividendYield: Column;
}

/** A column as the module takes it. */
export type InputColumn = Float64Array | Uint8Array | number;
export type NamedColumn = readonly [OptionField, InputColumn];

const RIGHTS: Readonly<Record<OptionRight, number>> = { call: 0, put: 1 };

/** Not a number where it is neither: the module refuses it. */
export const rightCode = (right: OptionRight): number => RIGHTS[right] ?? Number.NaN;

export function termColumns(terms: ChainTerms): readonly NamedColumn[] {
  const { right, spot, strike, years, rate, dividendYield } = terms;
  return [
    ['right', typeof right === 'string' ? rightCode(right) : right],
    ['spot', spot],
    ['strike', strike],
    ['years', years],
    ['rate', rate],
    ['dividendYield', dividendYield],
  ];
}

/** How many options a chain has: as many as its arrays have values, and one where it has none. Throws {@link OptionError}. */
export function chainLength(columns: readonly NamedColumn[]): number {
  let known: readonly [OptionField, number] | undefined;
  for (const [field, column] of columns) {
    if (typeof column === 'number') continue;
    if (known !== undefined && known[1] !== column.length) {
      const allowed = `as long as the other columns: ${known[1]} values, as ${known[0]} has`;
      throw new OptionError(
        field,
        column,
        allowed,
        `The columns of a chain differ in length: ${known[0]} has ${known[1]} values, ${field} ${column.length}.`,
      );
    }
    known = [field, column.length];
  }
  return known?.[1] ?? 1;
}

function copyIn(module: OptionsModule, columns: readonly NamedColumn[], from: number, rows: number): void {
  for (const [index, [, column]] of columns.entries()) {
    const target = module.inputs[index];
    if (target === undefined) throw new Error('Invariant: the module has a column for each input');
    if (typeof column === 'number') target.fill(column, 0, rows);
    else target.set(column.subarray(from, from + rows));
  }
}

export interface ChainResult {
  readonly status: Uint8Array;
  readonly outputs: readonly Float64Array[];
}

/** Runs a chain through the module, a piece at a time, so that its memory never grows. */
export function runChain(
  module: OptionsModule,
  columns: readonly NamedColumn[],
  outputs: number,
  run: (rows: number) => void,
): ChainResult {
  const length = chainLength(columns);
  const result = { status: new Uint8Array(length), outputs: Array.from({ length: outputs }, () => new Float64Array(length)) };
  for (let from = 0; from < length; from += module.rowsMax) {
    const rows = Math.min(module.rowsMax, length - from);
    copyIn(module, columns, from, rows);
    run(rows);
    result.status.set(module.status.subarray(0, rows), from);
    for (const [index, output] of result.outputs.entries()) {
      const source = module.outputs[index];
      if (source === undefined) throw new Error('Invariant: the module has a column for each output');
      output.set(source.subarray(0, rows), from);
    }
  }
  return result;
}
