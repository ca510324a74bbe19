import { StrategyTrap } from './types.ts';

/** The layout that this host speaks; `assembly/kernel/exports.ts` says the same number. */
export const STRATEGY_ABI = 1;

/** A module may declare no more memory than this: 256 MiB, room for about five million bars. */
export const MEMORY_PAGES_MAX = 4096;

/** Fields of the slice, in 8-byte steps from its address: header, then one record a symbol. */
export const SLICE = { time: 0, cash: 1, equity: 2, records: 8, recordFields: 8 } as const;
/** Fields of a symbol's record, in 8-byte steps. */
export const RECORD = { open: 0, high: 1, low: 2, close: 3, volume: 4, position: 5, present: 6 } as const;

export const RESULT = { metrics: 0, equity: 1, trades: 2, decisions: 3, denials: 4 } as const;
export const TEXT = { name: 0, title: 1, description: 2 } as const;

/** What a strategy module exports. Addresses of texts are of UTF-16 code units with their byte length in front. */
export interface StrategyExports {
  readonly memory: WebAssembly.Memory;
  _start(): void;
  abi(): number;
  text(which: number): number;
  parameterCount(): number;
  parameterText(index: number, description: number): number;
  parameterNumber(index: number, which: number): number;
  parameterChoice(index: number, choice: number): number;
  bind(index: number, value: number): number;
  check(): number;
  open(symbols: number): number;
  sliceAddress(): number;
  onBars(): number;
  symbolOf(target: number): number;
  exposureOf(target: number): number;
  reasonOf(target: number): number;
  allocate(bytes: number): number;
  optionsAddress(): number;
  begin(slices: number, timesAt: number, barsAt: number): void;
  series(symbol: number, address: number, length: number): void;
  advance(count: number): number;
  finish(): void;
  resultAddress(which: number): number;
  resultCount(which: number): number;
  decisionReason(index: number): number;
}

export const REQUIRED_EXPORTS: readonly (keyof StrategyExports)[] = [
  ...([
    'memory',
    '_start',
    'abi',
    'text',
    'parameterCount',
    'parameterText',
    'parameterNumber',
    'parameterChoice',
    'bind',
    'check',
  ] as const),
  ...(['open', 'sliceAddress', 'onBars', 'symbolOf', 'exposureOf', 'reasonOf', 'allocate', 'optionsAddress', 'begin', 'series'] as const),
  ...(['advance', 'finish', 'resultAddress', 'resultCount', 'decisionReason'] as const),
];

/** The only import a strategy may have. */
export const ALLOWED_IMPORTS: readonly string[] = ['env.abort'];

const TEXT_UNITS_MAX = 400;

/** A text out of the module's memory, cut at 400 characters. Addresses are the module's word: they are checked. */
export function readText(memory: WebAssembly.Memory, address: number): string {
  const start = address >>> 0;
  const size = memory.buffer.byteLength;
  if (start < 4 || start % 2 !== 0 || start > size) throw new StrategyTrap('The module gave a text address outside its memory');
  const view = new DataView(memory.buffer);
  const bytes = view.getUint32(start - 4, true);
  if (start + bytes > size) throw new StrategyTrap('The module gave a text that reaches outside its memory');
  const units = Math.min(TEXT_UNITS_MAX, bytes >>> 1);
  let text = '';
  for (let unit = 0; unit < units; unit += 1) text += String.fromCharCode(view.getUint16(start + unit * 2, true));
  return text.toWellFormed();
}

/** A typed view of the module's memory, after checking that it lies inside. */
export function viewFloats(memory: WebAssembly.Memory, address: number, count: number): Float64Array<ArrayBuffer> {
  const start = address >>> 0;
  if (start % 8 !== 0 || !Number.isInteger(count) || count < 0 || start + count * 8 > memory.buffer.byteLength) {
    throw new StrategyTrap('The module gave an address outside its memory');
  }
  return new Float64Array(memory.buffer, start, count);
}
