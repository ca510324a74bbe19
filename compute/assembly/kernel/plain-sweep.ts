import { movingAverage } from '../indicators/moving-average';
import { CrossingStrategy } from '../sdk/crossing';
import { declared } from '../sdk/parameters';
import { symbolCount } from '../sdk/slice';
import { Crossings, narrowRow } from '../sweep/crossings';
import { isEligible } from '../sweep/crossover-sweep';
import { CROSS, CrossoverJob, STRICT, WORD } from '../sweep/job';
import { LongFlat } from '../sweep/long-flat';
import { PriceTables } from '../sweep/price-tables';
import { actionsLeft } from './carry';
import { collectGarbage, getStrategy } from './decide';
import { closesFrom, opensFrom } from './market';
import {
  EQUITY_AT_FILL,
  NEXT_OPEN,
  commissionFixed,
  commissionMinimum,
  commissionPerUnit,
  commissionRate,
  fillModel,
  hasCarry,
  initialCash,
  leverage,
  periodsPerYear,
  regulatoryFees,
  riskOn,
  sameClose,
  sizeKind,
  sizeValue,
  slippage,
  wholeUnits,
} from './options';
import { slicesInAll } from './run';

/** What is written about a set, one f64 each: its state, then total return, Sharpe ratio, maximum drawdown, orders, trades. */
export const SET_BYTES: usize = 48;
/** States of a set. */
const DONE: f64 = 0;
/** Its parameters break the strategy's rule. */
const REFUSED: f64 = 1;
/** It needs a run of its own. */
const NOT_PLAIN: f64 = 2;

const PERIOD_MAX: i32 = 100000;
/** Rows are kept from set to set up to this. */
const ROWS_BYTES_MAX: i32 = 88 * 1024 * 1024;
/** Averages made between two collections of what they leave behind. */
const AVERAGES: i32 = 64;

let job: CrossoverJob = changetype<CrossoverJob>(memory.data(offsetof<CrossoverJob>(), 16));
let longFlat: LongFlat | null = null;
let crossings: Crossings | null = null;
let strictCrossings: Crossings | null = null;
/** Place of a moving average's rows by its kind and period. */
let places: Map<i32, i32> = new Map();
let rows: StaticArray<usize> = [];
let firsts: StaticArray<i32> = [];
let used: i32 = 0;
/** Averages made since the last collection. */
let made: i32 = 0;

function optionsArePlain(): bool {
  const isAllIn = sizeKind == EQUITY_AT_FILL && sizeValue == 1 && !wholeUnits;
  const isCheap = commissionMinimum == 0 && !regulatoryFees && !hasCarry && (sameClose || fillModel == NEXT_OPEN);
  return symbolCount == 1 && isAllIn && isCheap && !riskOn && leverage == 0 && actionsLeft == 0;
}

/** Once, when bars and options are there. False where every set needs a run of its own. */
export function openPlainSweep(): bool {
  if (!(getStrategy() instanceof CrossingStrategy) || !optionsArePlain()) return false;
  const count = slicesInAll();
  job.closes = closesFrom(0);
  job.fillPrices = sameClose ? job.closes : opensFrom(0);
  job.count = count;
  job.delay = sameClose ? 0 : 1;
  job.cash = initialCash;
  job.commissionRate = commissionRate;
  job.commissionFixed = commissionFixed;
  job.commissionPerUnit = commissionPerUnit;
  job.slippage = slippage;
  job.periodsPerYear = periodsPerYear;
  if (!isEligible(job)) return false;
  longFlat = new LongFlat(job, new PriceTables(job));
  crossings = new Crossings(count, CROSS);
  strictCrossings = new Crossings(count, STRICT);
  const capacity = max(2, min(4096, ROWS_BYTES_MAX / max(1, count * 12)));
  rows = new StaticArray<usize>(capacity);
  firsts = new StaticArray<i32>(capacity);
  places.clear();
  used = 0;
  return true;
}

function narrowOf(place: i32): usize {
  return rows[place] + (usize(job.count) << 3);
}

/** The row of a moving average of the closes, exact and in single precision behind it; worked out when it is first asked for. */
function placeOf(kind: i32, period: i32): i32 {
  const key = kind * (PERIOD_MAX + 1) + period;
  if (places.has(key)) return places.get(key);
  const place = used;
  used += 1;
  if (rows[place] == 0) rows[place] = heap.alloc(usize(job.count + WORD) * 12);
  movingAverage(kind, period).run(job.closes, job.count, rows[place]);
  made += 1;
  firsts[place] = narrowRow(rows[place], job.count, narrowOf(place));
  places.set(key, place);
  return place;
}

function isPeriod(period: i32): bool {
  return period >= 1 && period <= PERIOD_MAX;
}

/** Binds a set's values to the parameters at `indexes`. False where one is out of bounds. */
function bindSet(set: usize, indexes: usize, axes: i32): bool {
  for (let axis: usize = 0; axis < usize(axes); axis++) {
    if (!declared[load<i32>(indexes + (axis << 2))].bind(load<f64>(set + (axis << 3)))) return false;
  }
  return true;
}

function runSet(strategy: CrossingStrategy, output: usize): f64 {
  strategy.onStart();
  const fast = strategy.fastPeriod();
  const slow = strategy.slowPeriod();
  if (!strategy.isLongFlat() || !isPeriod(fast) || !isPeriod(slow)) return NOT_PLAIN;
  if (used + 2 > rows.length) {
    places.clear();
    used = 0;
  }
  const kind = strategy.averageKind();
  const a = placeOf(kind, fast);
  const b = placeOf(kind, slow);
  const finder = strategy.isStrict() ? strictCrossings! : crossings!;
  const found = finder.find(rows[a], rows[b], narrowOf(a), narrowOf(b), max(firsts[a], firsts[b]));
  longFlat!.run(finder.bars, found, output + 8);
  return DONE;
}

/** For each of `count` sets of `axes` values at `sets`, the figures at `output`. */
export function runPlainSweep(sets: usize, count: i32, indexes: usize, axes: i32, output: usize): void {
  const strategy = getStrategy() as CrossingStrategy;
  for (let i = 0; i < count; i++, sets += usize(axes) << 3, output += SET_BYTES) {
    const isSound = bindSet(sets, indexes, axes) && strategy.check().length == 0;
    store<f64>(output, isSound ? runSet(strategy, output) : REFUSED);
    if (made < AVERAGES) continue;
    // Between two sets, no reference lives on the stack but that of the strategy, which the module holds.
    collectGarbage();
    made = 0;
  }
}
