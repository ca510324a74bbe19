import { readSections, WasmReader } from './wasm-sections.ts';

const TYPE_SECTION = 1;
const TABLE_SECTION = 4;
const CODE_SECTION = 10;
/** Later ones are of tags, with which exceptions carry values. */
const LAST_SECTION = 12;
const FUNCTION_TYPE = 0x60;
const FUNCTION_REFERENCE = 0x70;
/** i32, i64, f32, f64 and v128. */
const NUMBERS: readonly number[] = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b];

function readerOf(wasm: Uint8Array, id: number): { readonly reader: WasmReader; readonly count: number } | undefined {
  const section = readSections(wasm).find((each) => each.id === id);
  if (section === undefined) return undefined;
  const reader = new WasmReader(wasm, section.start, section.end);
  return { reader, count: reader.unsigned() };
}

export interface FunctionLimits {
  /** Bytes of the longest function. */
  readonly bytes: number;
  /** Locals of the function that declares the most. */
  readonly locals: number;
  /** Whether every local is a number. */
  readonly numbers: boolean;
}

/** How large the functions of a valid binary are. */
export function readFunctionLimits(wasm: Uint8Array): FunctionLimits {
  const code = readerOf(wasm, CODE_SECTION);
  const limits = { bytes: 0, locals: 0, numbers: true };
  if (code === undefined) return limits;
  const { reader, count } = code;
  for (let left = count; left > 0; left -= 1) {
    const length = reader.unsigned();
    const end = reader.at + length;
    let locals = 0;
    for (let group = reader.unsigned(); group > 0; group -= 1) {
      locals += reader.unsigned();
      // Other types may have several bytes: what follows them cannot be read.
      limits.numbers &&= NUMBERS.includes(reader.byte());
      if (!limits.numbers) return limits;
    }
    limits.bytes = Math.max(limits.bytes, length);
    limits.locals = Math.max(limits.locals, locals);
    reader.at = end;
  }
  return limits;
}

function skipNumbers(reader: WasmReader): boolean {
  for (let left = reader.unsigned(); left > 0; left -= 1) if (!NUMBERS.includes(reader.byte())) return false;
  return true;
}

/**
 * Whether every type of a valid binary is a function's, of numbers only. Arrays and structures would lie in the heap of JavaScript, whose
 * exhaustion ends the whole process, not the thread.
 */
export function hasOnlyNumbers(wasm: Uint8Array): boolean {
  const types = readerOf(wasm, TYPE_SECTION);
  if (types === undefined) return true;
  for (let left = types.count; left > 0; left -= 1) {
    if (types.reader.byte() !== FUNCTION_TYPE) return false;
    if (!skipNumbers(types.reader) || !skipNumbers(types.reader)) return false;
  }
  return true;
}

/**
 * How many elements the tables of a valid binary may ever have; `undefined` where one may grow without end, or is of anything but functions.
 * Tables lie in the heap of JavaScript too.
 */
export function readTableElementsMax(wasm: Uint8Array): number | undefined {
  const tables = readerOf(wasm, TABLE_SECTION);
  if (tables === undefined) return 0;
  let elements = 0;
  for (let left = tables.count; left > 0; left -= 1) {
    const bounded = tables.reader.byte() === FUNCTION_REFERENCE && tables.reader.byte() === 1;
    if (!bounded) return undefined;
    tables.reader.unsigned();
    elements += tables.reader.unsigned();
  }
  return elements;
}

/** Whether a binary has sections of later extensions than bulk memory. */
export function hasLaterSections(wasm: Uint8Array): boolean {
  return readSections(wasm).some(({ id }) => id > LAST_SECTION);
}
