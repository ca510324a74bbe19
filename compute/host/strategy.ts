import { RECORD, SLICE, WISH, WISH_KINDS, WISH_MEASURES, readText, viewFloats, type StrategyExports } from './strategy-abi.ts';
import { guarded, openModule } from './strategy-module.ts';
import {
  StrategyTrap,
  type ParameterValues,
  type Slice,
  type SliceBar,
  type SliceWish,
  type StrategyInstance,
  type StrategyModule,
} from './types.ts';

export interface StrategySetup {
  readonly parameters: ParameterValues;
  readonly symbols: readonly string[];
}

function writeBar(memory: Float64Array, record: number, bar: SliceBar | undefined): void {
  memory[record + RECORD.present / 8] = bar === undefined ? 0 : 1;
  if (bar === undefined) return;
  memory.set([bar.open, bar.high, bar.low, bar.close, bar.volume], record + RECORD.bar / 8);
}

/** Puts a slice where the module reads it. */
export function writeSlice(exports: StrategyExports, slice: Slice, symbols: number): void {
  const memory = viewFloats(exports.memory, exports.sliceAddress(), (SLICE.records + symbols * SLICE.recordBytes) / 8);
  memory[SLICE.time / 8] = slice.atMs;
  memory[SLICE.cash / 8] = slice.cash;
  memory[SLICE.equity / 8] = slice.equity;
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    const record = (SLICE.records + symbol * SLICE.recordBytes) / 8;
    writeBar(memory, record, slice.bars[symbol]);
    memory[record + RECORD.position / 8] = slice.positions[symbol] ?? 0;
    memory[record + RECORD.entryPrice / 8] = slice.entryPrices?.[symbol] ?? Number.NaN;
    memory[record + RECORD.working / 8] = slice.working?.[symbol] ?? 0;
  }
}

const nullable = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** The module's answer is checked, whoever compiled it. */
export function checkedWish(wish: SliceWish, symbols: number): SliceWish {
  const { symbolIndex, kind, measure, amount } = wish;
  if (!Number.isInteger(symbolIndex) || symbolIndex < 0 || symbolIndex >= symbols) {
    throw new StrategyTrap(`The strategy named symbol index ${symbolIndex} of ${symbols}`);
  }
  const isAmount = kind === 'cancel' || kind === 'protect' || Math.abs(amount) <= (measure === 'exposure' ? 1 : 1e15);
  if (!isAmount) {
    const bounds = measure === 'exposure' ? 'between -1 and 1' : 'a finite number';
    throw new StrategyTrap(`The strategy wished for a ${kind} of ${amount} (${measure}); it must be ${bounds}`);
  }
  const prices = [wish.limit, wish.stop, wish.trail, wish.trailFraction, wish.stopLoss, wish.takeProfit];
  const odd = prices.find((price) => price !== null && !(price > 0 && price < Infinity));
  if (odd !== undefined) throw new StrategyTrap(`The strategy wished for a ${kind} at a price of ${odd}; it must be above 0 and finite`);
  return Object.is(amount, -0) ? { ...wish, amount: 0 } : wish;
}

function readWish(row: Float64Array, reason: string): SliceWish {
  const field = (place: number): number => row[place] ?? Number.NaN;
  const kind = WISH_KINDS[field(WISH.kind)];
  const measure = WISH_MEASURES[field(WISH.measure)];
  if (kind === undefined || measure === undefined) throw new StrategyTrap('The strategy wished for something of no known kind');
  return {
    symbolIndex: field(WISH.symbol),
    kind,
    measure,
    amount: field(WISH.amount),
    limit: nullable(field(WISH.limit)),
    stop: nullable(field(WISH.stop)),
    trail: nullable(field(WISH.trail)),
    trailFraction: nullable(field(WISH.trailFraction)),
    day: field(WISH.day) !== 0,
    stopLoss: nullable(field(WISH.stopLoss)),
    takeProfit: nullable(field(WISH.takeProfit)),
    group: field(WISH.group),
    orderId: field(WISH.orderId),
    reduceOnly: field(WISH.reduceOnly) !== 0,
    reason,
  };
}

const WISHES_MAX = 10_000;

function readWishes(exports: StrategyExports, count: number, symbols: number): readonly SliceWish[] {
  if (count === 0) return [];
  if (!(Number.isInteger(count) && count > 0 && count <= WISHES_MAX))
    throw new StrategyTrap(`The strategy answered ${count} targets and orders at one bar`);
  const rows = viewFloats(exports.memory, exports.wishAddress(), count * WISH.fields);
  return Array.from({ length: count }, (_, index) => {
    const row = rows.subarray(index * WISH.fields, (index + 1) * WISH.fields);
    return checkedWish(readWish(row, readText(exports.memory, exports.reasonOf(index))), symbols);
  });
}

/** A strategy with the module that it stands in, for who asks that for more. */
export interface OpenedStrategy extends StrategyInstance {
  readonly exports: StrategyExports;
}

/**
 * A strategy in this thread, fed slice by slice. An endless loop in it would hang the caller: the live engine uses the worker.
 * Throws `ParameterError` for parameters that it does not take and `StrategyTrap` when it fails; after a trap it stays unusable.
 */
export function openStrategy(module: StrategyModule, setup: StrategySetup): OpenedStrategy {
  const symbols = setup.symbols.length;
  const { exports, warmUp } = openModule(module, setup.parameters, symbols);
  let failed: unknown;
  const onBars = (slice: Slice): readonly SliceWish[] => {
    if (failed !== undefined) throw failed;
    try {
      return guarded('on a bar', () => {
        writeSlice(exports, slice, symbols);
        return readWishes(exports, exports.onBars(), symbols);
      });
    } catch (error) {
      failed = error;
      throw error;
    }
  };
  return { version: module.version, warmUp, onBars, exports };
}
