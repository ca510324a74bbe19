import { StrategyTrap } from './types.ts';

/** The layout that this host speaks; `assembly/kernel/exports.ts` says the same number. */
export const STRATEGY_ABI = 2;

/** A module may declare no more memory than this: 256 MiB, room for about five million bars. */
export const MEMORY_PAGES_MAX = 4096;

/** Fields of the slice, in bytes from its address: header, then one record a symbol. */
export const SLICE = { time: 0, cash: 8, equity: 16, records: 64, recordBytes: 96 } as const;
/** Fields of a symbol's record, in bytes: the bar is the record's own, which its pointers show until a backtest moves them. */
export const RECORD = { position: 0, present: 8, entryPrice: 16, working: 24, bar: 56 } as const;
/** Rows of wishes, in 8-byte steps; `kernel/decisions.ts` keeps the same fields, in another order. */
export const WISH = {
  kind: 0,
  symbol: 1,
  measure: 2,
  amount: 3,
  limit: 4,
  stop: 5,
  trail: 6,
  trailFraction: 7,
  day: 8,
  stopLoss: 9,
  takeProfit: 10,
  group: 11,
  orderId: 12,
  reduceOnly: 13,
  fields: 16,
} as const;
export const WISH_KINDS = ['target', 'market', 'limit', 'stop', 'stop-limit', 'trailing', 'cancel', 'protect'] as const;
export const WISH_MEASURES = ['exposure', 'weight', 'units', 'notional'] as const;

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
  renew(): void;
  record(wanted: number): void;
  bind(index: number, value: number): number;
  check(): number;
  open(symbols: number): number;
  sliceAddress(): number;
  onBars(): number;
  wishAddress(): number;
  reasonOf(wish: number): number;
  allocate(bytes: number): number;
  optionsAddress(): number;
  begin(slices: number, timesAt: number, barsAt: number, fast: number): void;
  series(symbol: number, address: number, length: number): void;
  fineSeries(symbol: number, address: number, length: number, startsAt: number): void;
  corporateActions(symbol: number, address: number, count: number): void;
  goesFast(): number;
  openSweep(): number;
  sweep(sets: number, count: number, indexes: number, axes: number, output: number): void;
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
    'renew',
    'record',
    'bind',
    'check',
  ] as const),
  ...(['open', 'sliceAddress', 'onBars', 'wishAddress', 'reasonOf', 'allocate', 'optionsAddress', 'begin', 'series'] as const),
  ...([
    'fineSeries',
    'corporateActions',
    'goesFast',
    'openSweep',
    'sweep',
    'advance',
    'finish',
    'resultAddress',
    'resultCount',
    'decisionReason',
  ] as const),
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
