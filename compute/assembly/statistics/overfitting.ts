import { at, bytesOf, newSeries, put } from './series';
import { Comoments, meanOf, ratio } from './moments';

/** Squared deviations this small beside the squared mean are rounding: the half of the rows does not move. */
const STILL: f64 = 1e-24;
/** Ratios this close are equal: what is between them is rounding, which must not decide a rank. */
const TIE: f64 = 1e-12;

/** Sums and squared deviations from the mean of each column, side by side: `stride` numbers of either. Lanes beyond the columns stay zero. */
let stride: i32 = 0;
let columns: i32 = 0;
let blocks: i32 = 0;
let rowsOfBlock: i32 = 0;
let rowsOfHalf: f64 = 0;
/** Sums of each block; then of the blocks chosen so far, by how many they are, inside the sample and outside. */
let sums: usize = 0;
let inside: usize = 0;
let outside: usize = 0;
let insideRatios: usize = 0;
let outsideRatios: usize = 0;
/** Where the results go, and how many splits there are. */
let insideBest: usize = 0;
let outsideBest: usize = 0;
let logits: usize = 0;
let splits: i32 = 0;
let split: i32 = 0;

/**
 * Combinatorially symmetric cross-validation of `columnCount` strategies over equal blocks of rows; rows left over at the end are dropped.
 * Bailey, Borwein, López de Prado and Zhu, "The Probability of Backtest Overfitting", 2017. Splits come in lexicographic order of their
 * in-sample blocks. For each the ratio (mean over deviation, ddof 1) of the in-sample best, its ratio outside, and the logit of its rank
 * there. `out` gets what `OVERFITTING` in the host names.
 */
export function overfitting(
  matrix: usize,
  rows: i32,
  columnCount: i32,
  blockCount: i32,
  splitCount: i32,
  insideOut: usize,
  outsideOut: usize,
  logitsOut: usize,
  out: usize,
): void {
  columns = columnCount;
  blocks = blockCount;
  splits = splitCount;
  stride = (columns + 1) & ~1;
  insideBest = insideOut;
  outsideBest = outsideOut;
  logits = logitsOut;
  const half = blocks / 2;
  rowsOfBlock = rows / blocks;
  rowsOfHalf = f64(rowsOfBlock * half);
  sums = zeros(blocks);
  inside = zeros(half + 1);
  outside = zeros(half + 1);
  insideRatios = newSeries(stride);
  outsideRatios = newSeries(stride);
  sumBlocks(matrix);
  split = 0;
  // The other half of the splits has the same halves, exchanged: the complement of split i is split `splits - 1 - i`.
  addBlock(0, inside, 0);
  divide(1, 1, 0);
  summarise(out);
}

function zeros(count: i32): usize {
  const bytes = bytesOf(2 * stride * count);
  const result = heap.alloc(bytes);
  memory.fill(result, 0, bytes);
  return result;
}

@inline
function placeOf(table: usize, index: i32): usize {
  return table + bytesOf(2 * stride * index);
}

function sumBlocks(matrix: usize): void {
  const bytes = bytesOf(columns);
  for (let block = 0; block < blocks; block++) {
    const place = placeOf(sums, block);
    const rows = matrix + usize(block * rowsOfBlock) * bytes;
    const end = rows + usize(rowsOfBlock) * bytes;
    for (let row = rows; row < end; row += bytes) addRow(row, place);
    for (let row = rows; row < end; row += bytes) addDeviations(row, place, place + bytesOf(stride));
  }
}

function addRow(row: usize, sum: usize): void {
  const end = bytesOf(columns & ~1);
  for (let i: usize = 0; i < end; i += 16) v128.store(sum + i, f64x2.add(v128.load(sum + i), v128.load(row + i)));
  if ((columns & 1) != 0) store<f64>(sum + end, load<f64>(sum + end) + load<f64>(row + end));
}

function addDeviations(row: usize, sum: usize, squares: usize): void {
  const end = bytesOf(columns & ~1);
  const perRow = f64x2.splat(1 / f64(rowsOfBlock));
  for (let i: usize = 0; i < end; i += 16) {
    const deviation = f64x2.sub(v128.load(row + i), f64x2.mul(v128.load(sum + i), perRow));
    v128.store(squares + i, f64x2.add(v128.load(squares + i), f64x2.mul(deviation, deviation)));
  }
  if ((columns & 1) == 0) return;
  const deviation = load<f64>(row + end) - load<f64>(sum + end) / f64(rowsOfBlock);
  store<f64>(squares + end, load<f64>(squares + end) + deviation * deviation);
}

/**
 * Adds a block to the `chosen` ones before it, whose place in the table is their number. Squared deviations are merged by the distance of the means (Chan,
 * Golub and LeVeque, 1979): only positive terms are added, so that no digits are lost where the mean is large beside the deviation.
 */
function addBlock(block: i32, table: usize, chosen: i32): void {
  const source = placeOf(sums, block);
  const from = placeOf(table, chosen);
  const to = placeOf(table, chosen + 1);
  const bytes = bytesOf(stride);
  const perBlock = f64x2.splat(chosen > 0 ? 1 / f64(chosen) : 0);
  const weight = f64x2.splat(f64(chosen) / (f64(chosen + 1) * f64(rowsOfBlock)));
  for (let i: usize = 0; i < bytes; i += 16) {
    const before = v128.load(from + i);
    const sum = v128.load(source + i);
    const distance = f64x2.sub(f64x2.mul(before, perBlock), sum);
    const squares = f64x2.add(v128.load(from + i + bytes), v128.load(source + i + bytes));
    v128.store(to + i, f64x2.add(before, sum));
    v128.store(to + i + bytes, f64x2.add(squares, f64x2.mul(f64x2.mul(distance, distance), weight)));
  }
}

/** Puts the blocks from `block` on inside or outside, inside first: lexicographic order. */
function divide(block: i32, chosenInside: i32, chosenOutside: i32): void {
  const half = blocks / 2;
  if (block == blocks) {
    evaluate();
    return;
  }
  if (chosenInside < half) {
    addBlock(block, inside, chosenInside);
    divide(block + 1, chosenInside + 1, chosenOutside);
  }
  if (chosenOutside < half) {
    addBlock(block, outside, chosenOutside);
    divide(block + 1, chosenInside, chosenOutside + 1);
  }
}

function evaluate(): void {
  const half = blocks / 2;
  fillRatios(placeOf(inside, half), insideRatios);
  fillRatios(placeOf(outside, half), outsideRatios);
  record(split, insideRatios, outsideRatios);
  record(splits - 1 - split, outsideRatios, insideRatios);
  split++;
}

/** Mean over deviation of every column; 0 where it does not move. */
function fillRatios(table: usize, out: usize): void {
  const perRow = f64x2.splat(1 / rowsOfHalf);
  const scale = f64x2.splat(sqrt(rowsOfHalf - 1) / rowsOfHalf);
  const still = f64x2.splat(STILL);
  const bytes = bytesOf(stride);
  for (let i: usize = 0; i < bytes; i += 16) {
    const sum = v128.load(table + i);
    const spread = v128.load(table + i + bytes);
    const value = f64x2.div(f64x2.mul(sum, scale), f64x2.sqrt(spread));
    const squaredMean = f64x2.mul(f64x2.mul(sum, sum), perRow);
    v128.store(out + i, v128.and(value, f64x2.gt(spread, f64x2.mul(squaredMean, still))));
  }
}

function record(index: i32, own: usize, others: usize): void {
  const best = bestOf(own);
  const value = at(others, best);
  let less = 0;
  let equal = 0;
  for (let i = 0; i < columns; i++) {
    const other = at(others, i);
    less += i32(other < value - TIE);
    equal += i32(abs(other - value) <= TIE);
  }
  const rank = (f64(less) + f64(equal + 1) / 2) / f64(columns + 1);
  put(insideBest, index, at(own, best));
  put(outsideBest, index, value);
  put(logits, index, Math.log(rank / (1 - rank)));
}

/** The first of the largest: of those that tie with it. */
function bestOf(ratios: usize): i32 {
  let largest = at(ratios, 0);
  for (let i = 1; i < columns; i++) largest = max(largest, at(ratios, i));
  let best = 0;
  while (at(ratios, best) < largest - TIE) best++;
  return best;
}

function summarise(out: usize): void {
  let negative = 0;
  let notPositive = 0;
  let losses = 0;
  for (let i = 0; i < splits; i++) {
    negative += i32(at(logits, i) < 0);
    notPositive += i32(at(logits, i) <= 0);
    losses += i32(at(outsideBest, i) < 0);
  }
  const pair = new Comoments(outsideBest, insideBest, splits);
  const slope = ratio(pair.product, pair.otherSquare);
  put(out, 0, f64(notPositive) / f64(splits));
  put(out, 1, f64(negative) / f64(splits));
  put(out, 2, meanOf(logits, splits));
  put(out, 3, f64(losses) / f64(splits));
  put(out, 4, slope);
  put(out, 5, pair.mean - slope * pair.otherMean);
}
