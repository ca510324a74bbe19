import { moduleFromBytes } from './built-ins.ts';
import { DESCRIPTION_SECTION } from './description.ts';
import { REQUIRED_EXPORTS, STRATEGY_ABI, WISH, type StrategyExports } from './strategy-abi.ts';
import type { StrategyModule } from './types.ts';
import { withCustomSection } from './wasm-sections.ts';

/** A function without parameters: JavaScript drops what it is called with beyond them. */
export interface Body {
  /** `i32` when absent. */
  readonly result?: keyof typeof VALUE;
  /** So many locals of type `i32`. */
  readonly locals?: number;
  /** So many further locals of type `externref`. */
  readonly references?: number;
  readonly code: readonly number[];
}

/** What a binary written byte by byte is made of; sections as their content. */
export interface HandMade {
  /** Further entries of the type section: the first of them has the number {@link FURTHER_TYPE}. */
  readonly types?: readonly (readonly number[])[];
  readonly imports?: readonly (readonly number[])[];
  readonly tables?: readonly (readonly number[])[];
  /** Limits; from one page to 4096 when absent. */
  readonly memories?: readonly (readonly number[])[];
  readonly globals?: readonly (readonly number[])[];
  /** Runs when the module is instantiated. */
  readonly start?: Body;
  /** Of exported functions; what is absent does what a strategy that never trades does. */
  readonly exports?: Partial<Record<FunctionName, Body>>;
  /** Functions that are not exported, numbered from 0: see {@link call}. */
  readonly functions?: readonly Body[];
}

export type FunctionName = Exclude<keyof StrategyExports, 'memory'>;

const VALUE = { none: 0x40, i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, externref: 0x6f } as const;
const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const END = 0x0b;
const NAMES = REQUIRED_EXPORTS.filter((name) => name !== 'memory');

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) | 0x80);
  }
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value | 0; ; left >>= 7) {
    const byte = left & 0x7f;
    if ((left < 64 && left >= 0) || (left < 0 && left >= -64)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

const text = (value: string): number[] => [...unsigned(value.length), ...new TextEncoder().encode(value)];
const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];

/** Concatenated without spreading: content may be a megabyte. */
function section(id: number, content: readonly number[]): number[] {
  return content.length === 1 && content[0] === 0 ? [] : [id, ...unsigned(content.length)].concat(content);
}

export const i32 = (value: number): number[] => [0x41, ...signed(value)];
export const i64 = (value: number): number[] => [0x42, ...signed(value)];
export const f64 = (value: number): number[] => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
/** Calls a function of `functions` by its place there. */
export const call = (place: number, imports = 0): number[] => [0x10, ...unsigned(imports + NAMES.length + place)];
/** Repeats without end. */
export const forever = (code: readonly number[] = []): number[] => [0x03, 0x40, ...code, 0x0c, 0x00, END, 0x00];
export const TRAP: readonly number[] = [0x00];
export const DROP = 0x1a;

/** `(module name kind …)` of the import section. */
export const importOf = (module: string, name: string, kind: readonly number[]): number[] => [...text(module), ...text(name), ...kind];

/** Where the one wish of these strategies lies: a row of zeroes is a target of 0 for the first symbol. */
export const WISH_AT = 16_384;
const STORE_F64 = 0x39;
/** Stores that there are no prices in the wish. */
export const WITHOUT_PRICES: readonly number[] = (
  [WISH.limit, WISH.stop, WISH.trail, WISH.trailFraction, WISH.stopLoss, WISH.takeProfit] as const
).flatMap((field) => [...i32(WISH_AT + 8 * field), ...f64(Number.NaN), STORE_F64, 0, 0]);

/** What a strategy that never trades answers: texts are empty, addresses are inside its first page. */
const HARMLESS: Partial<Record<FunctionName, Body>> = {
  abi: { code: i32(STRATEGY_ABI) },
  bind: { code: i32(1) },
  text: { code: i32(16) },
  parameterText: { code: i32(16) },
  parameterChoice: { code: i32(16) },
  check: { code: i32(16) },
  reasonOf: { code: i32(16) },
  wishAddress: { code: [...WITHOUT_PRICES, ...i32(WISH_AT)] },
  decisionReason: { code: i32(16) },
  sliceAddress: { code: i32(1024) },
  optionsAddress: { code: i32(4096) },
  allocate: { code: i32(8192) },
  resultAddress: { code: i32(32768) },
  advance: { code: i32(0x7fffffff) },
};

function typeOf(result: keyof typeof VALUE): number[] {
  return result === 'none' ? [0x60, 0, 0] : [0x60, 0, 1, VALUE[result]];
}

function codeOf({ locals = 0, references = 0, code }: Body): number[] {
  const groups = [
    ...(locals > 0 ? [[...unsigned(locals), VALUE.i32]] : []),
    ...(references > 0 ? [[...unsigned(references), VALUE.externref]] : []),
  ];
  const declared = list(groups);
  return unsigned(declared.length + code.length + 1).concat(declared, code, [END]);
}

/** The types of functions, each once; their places are those of `VALUE`. */
const FUNCTION_TYPES = Object.keys(VALUE).map((result) => typeOf(result as keyof typeof VALUE));
/** Type 0 is of functions without parameters and result. */
export const FURTHER_TYPE = FUNCTION_TYPES.length - 1;
const typePlace = ({ result = 'i32' }: Body): number => Object.keys(VALUE).indexOf(result);

/** Of the exported functions, in the order of the ABI, then of the others, then of the start function. */
function bodiesOf({ exports = {}, functions = [], start }: HandMade): readonly Body[] {
  const exported = NAMES.map((name) => exports[name] ?? HARMLESS[name] ?? { code: i32(0) });
  return [...exported, ...functions, ...(start === undefined ? [] : [{ result: 'none' as const, ...start }])];
}

const importedFunctions = (imports: readonly (readonly number[])[]): number =>
  imports.filter((each) => {
    const nameAt = 1 + (each[0] ?? 0);
    return each[nameAt + 1 + (each[nameAt] ?? 0)] === 0;
  }).length;

/** A binary with all exports of a strategy. */
export function handMadeBytes(made: HandMade = {}): Uint8Array<ArrayBuffer> {
  const { types = [], imports = [], tables = [], memories = [[1, 1, ...unsigned(4096)]], globals = [] } = made;
  const bodies = bodiesOf(made);
  const first = importedFunctions(imports);
  const functionTypes = bodies.some(({ result }) => result === 'externref') ? FUNCTION_TYPES : FUNCTION_TYPES.slice(0, -1);
  const exported = NAMES.map((name, place) => [...text(name), 0, ...unsigned(first + place)]);
  const memory = memories.length > 0 ? [[...text('memory'), 2, 0]] : [];
  const sections = [
    section(1, list([...functionTypes, ...types])),
    section(2, list(imports)),
    section(3, list(bodies.map((body) => [typePlace(body)]))),
    section(4, list(tables)),
    section(5, list(memories)),
    section(6, list(globals)),
    section(7, list([...exported, ...memory])),
    made.start === undefined ? [] : section(8, unsigned(first + bodies.length - 1)),
    section(10, list(bodies.map(codeOf))),
  ];
  const description = { name: 'hand-made', title: '', description: '', abi: STRATEGY_ABI, parameters: [] };
  return withCustomSection(Uint8Array.from(HEAD.concat(...sections)), DESCRIPTION_SECTION, JSON.stringify(description));
}

/** A module that passes every check of what may run. Throws with the reason when it does not. */
export function handMadeStrategy(made: HandMade = {}): StrategyModule {
  return moduleFromBytes(handMadeBytes(made), 'hand-made.wasm');
}
