import { Parameter, declared } from '../sdk/parameters';
import { openSlice, slice, symbolCount } from '../sdk/slice';
import { clearWishes, openWishes, wishCount, wishReason, wishRow } from '../sdk/wishes';
import { advanceRun, chooseWay, isFast } from './advance';
import { setActions } from './carry';
import { decide, getStrategy, renewStrategy, watchMemory } from './decide';
import { decisionReasons, decisions, recordDecisions } from './decisions';
import { denials } from './denials';
import { setColumns, setFineColumns } from './market';
import { metrics } from './metrics';
import { options } from './options';
import { openPlainSweep, runPlainSweep } from './plain-sweep';
import { equity, finishRun, openRun } from './run';
import { trades } from './trades';

/** What the host calls. The same number stands in the host's `strategy-abi.ts`; a change of any layout raises both. */
const ABI: i32 = 2;

/** Texts a module tells of itself. */
const NAME: i32 = 0;
const TITLE: i32 = 1;

export function abi(): i32 {
  return ABI;
}

export function text(which: i32): string {
  const strategy = getStrategy();
  return which == NAME ? strategy.name : which == TITLE ? strategy.title : strategy.description;
}

export function parameterCount(): i32 {
  return declared.length;
}

export function parameterText(index: i32, description: bool): string {
  const parameter = declared[index];
  return description ? parameter.description : parameter.name;
}

/** 0 kind, 1 default, 2 least, 3 greatest, 4 number of choices. */
export function parameterNumber(index: i32, which: i32): f64 {
  const parameter: Parameter = declared[index];
  switch (which) {
    case 0:
      return f64(parameter.kind);
    case 1:
      return parameter.initial;
    case 2:
      return parameter.min;
    case 3:
      return parameter.max;
    default:
      return f64(parameter.choices.length);
  }
}

export function parameterChoice(index: i32, choice: i32): string {
  return declared[index].choices[choice];
}

/** A fresh strategy in the same memory, for another run: `bind`, `check`, `open`, `begin` and what follows come again. */
export function renew(): void {
  renewStrategy();
}

/** Whether what the strategy wishes for is kept for `resultAddress`; a sweep has no use for it. */
export function record(wanted: bool): void {
  recordDecisions(wanted);
}

export function bind(index: i32, value: f64): bool {
  return declared[index].bind(value);
}

export function check(): string {
  return getStrategy().check();
}

/** Before the first slice: after `bind` and `check`. Answers the warm-up. */
export function open(symbols: i32): i32 {
  openSlice(symbols);
  openWishes(symbols);
  const strategy = getStrategy();
  strategy.onStart();
  watchMemory();
  return strategy.warmUp();
}

export function sliceAddress(): usize {
  return slice;
}

/** Decide on the slice that the host has written; answers the number of wishes, to be read before the next call. */
export function onBars(): i32 {
  clearWishes();
  decide();
  return wishCount;
}

/** Where the rows of wishes lie: see `sdk/wishes.ts`. */
export function wishAddress(): usize {
  return wishRow(0);
}

export function reasonOf(wish: i32): string {
  return wishReason(wish);
}

export function allocate(bytes: usize): usize {
  return heap.alloc(bytes);
}

export function optionsAddress(): usize {
  return options;
}

/** Begin a run over slices whose times stand at `timesAt`. `barsAt`: by slice and symbol the bar's index or -1; 0 where every symbol has every slice. */
export function begin(slices: i32, timesAt: usize, barsAt: usize, fast: bool): void {
  openRun(symbolCount, slices, timesAt, barsAt);
  chooseWay(fast);
}

/** Five columns of a symbol, one after the other: open, high, low, close, volume. */
export function series(symbol: i32, address: usize, length: i32): void {
  setColumns(symbol, address, length);
  watchMemory();
}

/** Three columns of finer bars: open, high, low. `startsAt`: for each bar of the symbol its first finer bar, and one more. */
export function fineSeries(symbol: i32, address: usize, length: i32, startsAt: usize): void {
  setFineColumns(symbol, address, length, startsAt);
  watchMemory();
}

/** Rows of time, split ratio and dividend, by time. */
export function corporateActions(symbol: i32, address: usize, count: i32): void {
  setActions(symbol, address, count);
  watchMemory();
}

/** Whether the run goes from crossing to crossing. */
export function goesFast(): bool {
  return isFast();
}

/** After `begin` and the bars: whether sets can be worked out without runs of their own. */
export function openSweep(): bool {
  return openPlainSweep();
}

/** Sets of values for the parameters at `indexes`: rows of f64 in, rows of six f64 out (`kernel/plain-sweep.ts`). */
export function sweep(sets: usize, count: i32, indexes: usize, axes: i32, output: usize): void {
  runPlainSweep(sets, count, indexes, axes, output);
}

export function advance(count: i32): i32 {
  return advanceRun(count);
}

export function finish(): void {
  finishRun();
}

/** Where results lie: 0 metrics, 1 equity, 2 trades, 3 decisions, 4 denials. */
export function resultAddress(which: i32): usize {
  switch (which) {
    case 0:
      return metrics;
    case 1:
      return equity;
    case 2:
      return trades.rows;
    case 3:
      return decisions.rows;
    default:
      return denials.rows;
  }
}

/** How many rows results have: 2 trades, 3 decisions, 4 denials. */
export function resultCount(which: i32): i32 {
  switch (which) {
    case 2:
      return trades.count;
    case 3:
      return decisions.count;
    default:
      return denials.count;
  }
}

export function decisionReason(index: i32): string {
  return decisionReasons[index];
}
