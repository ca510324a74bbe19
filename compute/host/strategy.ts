import { RECORD, SLICE, readText, viewFloats, type StrategyExports } from './strategy-abi.ts';
import { guarded, openModule } from './strategy-module.ts';
import {
  StrategyTrap,
  type ParameterValues,
  type Slice,
  type SliceBar,
  type SliceTarget,
  type StrategyInstance,
  type StrategyModule,
} from './types.ts';

export interface StrategySetup {
  readonly parameters: ParameterValues;
  readonly symbols: readonly string[];
}

function writeBar(memory: Float64Array, at: number, bar: SliceBar | undefined): void {
  memory[at + RECORD.present] = bar === undefined ? 0 : 1;
  if (bar === undefined) return;
  memory[at + RECORD.open] = bar.open;
  memory[at + RECORD.high] = bar.high;
  memory[at + RECORD.low] = bar.low;
  memory[at + RECORD.close] = bar.close;
  memory[at + RECORD.volume] = bar.volume;
}

function writeSlice(exports: StrategyExports, slice: Slice, symbols: number): void {
  const memory = viewFloats(exports.memory, exports.sliceAddress(), SLICE.records + symbols * SLICE.recordFields);
  memory[SLICE.time] = slice.atMs;
  memory[SLICE.cash] = slice.cash;
  memory[SLICE.equity] = slice.equity;
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    const at = SLICE.records + symbol * SLICE.recordFields;
    writeBar(memory, at, slice.bars[symbol]);
    memory[at + RECORD.position] = slice.positions[symbol] ?? 0;
  }
}

/** The module's answer is checked, whoever compiled it. */
export function checkedTarget(target: SliceTarget, symbols: number): SliceTarget {
  const { symbolIndex, exposure } = target;
  if (!Number.isInteger(symbolIndex) || symbolIndex < 0 || symbolIndex >= symbols) {
    throw new StrategyTrap(`The strategy set a target for symbol index ${symbolIndex} of ${symbols}`);
  }
  if (!(Number.isFinite(exposure) && exposure >= -1 && exposure <= 1))
    throw new StrategyTrap(`The strategy set an exposure of ${exposure}; it must be between -1 and 1`);
  return Object.is(exposure, -0) ? { ...target, exposure: 0 } : target;
}

function readTargets(exports: StrategyExports, count: number, symbols: number): readonly SliceTarget[] {
  if (!Number.isInteger(count) || count < 0 || count > symbols)
    throw new StrategyTrap(`The strategy answered ${count} targets for ${symbols} symbols`);
  return Array.from({ length: count }, (_, index) =>
    checkedTarget(
      {
        symbolIndex: exports.symbolOf(index),
        exposure: exports.exposureOf(index),
        reason: readText(exports.memory, exports.reasonOf(index)),
      },
      symbols,
    ),
  );
}

/**
 * A strategy in this thread, fed slice by slice. An endless loop in it would hang the caller: the live engine uses the worker.
 * Throws `ParameterError` for parameters that it does not take and `StrategyTrap` when it fails; after a trap it stays unusable.
 */
export function openStrategy(module: StrategyModule, setup: StrategySetup): StrategyInstance {
  const symbols = setup.symbols.length;
  const { exports, warmUp } = openModule(module, setup.parameters, symbols);
  let failed: unknown;
  const onBars = (slice: Slice): readonly SliceTarget[] => {
    if (failed !== undefined) throw failed;
    try {
      return guarded('on a bar', () => {
        writeSlice(exports, slice, symbols);
        return readTargets(exports, exports.onBars(), symbols);
      });
    } catch (error) {
      failed = error;
      throw error;
    }
  };
  return { version: module.version, warmUp, onBars };
}
