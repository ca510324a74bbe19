import { checkChoice, checkNumber } from '../statistics-input.ts';
import { at, checkLength } from '../rows-input.ts';
import { checkPrices, simpleReturn, unknownLabels } from './labels.ts';
import type { LabelBars, Labels } from './labels.ts';

export interface TripleBarrier {
  /** How many times the volatility the profit is taken at; 0 for no such barrier. */
  readonly upper: number;
  /** The same for the loss. */
  readonly lower: number;
  /** After how many bars the position is closed in any case. */
  readonly horizon: number;
  /**
   * `close` touches a barrier with closes alone, and is paid the close, as in the book. `range` touches it with highs and lows, and is paid the barrier's price,
   * or the open where that lies beyond. Where a bar holds both barriers the loss comes first.
   */
  readonly touch?: 'close' | 'range';
  /** What a position that ran out of time is: the `sign` of its return, or 0, undecided. */
  readonly atHorizon?: 'sign' | 'zero';
}

const MULTIPLE = { min: 0, max: 1000 };
const HORIZON = { min: 1, max: 100_000, whole: true };

/**
 * 1 where the profit's barrier is touched first, −1 where the loss's is, and what `atHorizon` says where time runs out: López de Prado, Advances in Financial Machine
 * Learning (2018), chapter 3. `volatility` is of one bar, as a fraction of the price and known at that bar; a bar where it is not-a-number or 0 has no label. `sides` are
 * +1 and −1 for the direction in which a position is taken (+1 everywhere unless given), 0 or not-a-number for none: the profit of a short is below.
 */
export function tripleBarrier(bars: LabelBars, volatility: Float64Array, options: TripleBarrier, sides?: Float64Array): Labels {
  const what = 'tripleBarrier';
  checkBarriers(what, options);
  checkPrices(what, bars);
  const { length } = bars.close;
  checkLength(what, 'volatility', volatility, length);
  if (sides !== undefined) checkSides(what, sides, length);
  const labels = unknownLabels(length);
  for (let bar = 0; bar < length; bar += 1) {
    const side = sides === undefined ? 1 : at(sides, bar);
    const unit = at(volatility, bar);
    if (!(unit > 0 && unit < Infinity) || !(Math.abs(side) === 1)) continue;
    const touched = firstTouch(bars, bar, side, unit, options);
    if (touched === undefined) continue;
    labels.values[bar] = touched.value;
    labels.ends[bar] = touched.end;
    labels.returns[bar] = touched.gained;
  }
  return labels;
}

/**
 * Meta-labels: whether a position that another rule takes ends with a profit, 1 or 0. A model of them says how much to trust the rule, and leaves its direction
 * alone. The same chapter.
 */
export function metaLabels(bars: LabelBars, volatility: Float64Array, options: TripleBarrier, sides: Float64Array): Labels {
  const labels = tripleBarrier(bars, volatility, options, sides);
  return { ...labels, values: labels.values.map((value, bar) => (Number.isNaN(value) ? value : Number(at(labels.returns, bar) > 0))) };
}

interface Touch {
  readonly value: number;
  readonly end: number;
  readonly gained: number;
}

/** Barriers as returns of the side, and what touches them. */
interface Reach {
  readonly profit: number;
  readonly loss: number;
  readonly touch: 'close' | 'range';
}

/** `undefined` where the data end before any barrier is touched. */
function firstTouch(bars: LabelBars, bar: number, side: number, unit: number, options: TripleBarrier): Touch | undefined {
  const { upper, lower, horizon, touch = 'close', atHorizon = 'sign' } = options;
  const reach = { profit: upper === 0 ? Infinity : upper * unit, loss: lower === 0 ? -Infinity : -lower * unit, touch };
  const last = Math.min(bar + horizon, bars.close.length - 1);
  for (let end = bar + 1; end <= last; end += 1) {
    const touched = touchOf(bars, bar, end, side, reach);
    if (touched !== undefined) return { ...touched, end };
  }
  if (last < bar + horizon) return undefined;
  const gained = side * simpleReturn(bars.close, bar, last);
  return { value: atHorizon === 'zero' ? 0 : Math.sign(gained), end: last, gained };
}

/** The barrier that a bar touches and what it pays, if it touches one. */
function touchOf(bars: LabelBars, from: number, to: number, side: number, { profit, loss, touch }: Reach): Omit<Touch, 'end'> | undefined {
  const gainedAt = (prices: Float64Array): number => side * (at(prices, to) / at(bars.close, from) - 1);
  const first = gainedAt(touch === 'close' ? bars.close : bars.open);
  if (first <= loss) return { value: -1, gained: first };
  if (first >= profit) return { value: 1, gained: first };
  if (touch === 'close') return undefined;
  const [worst, best] = side > 0 ? [gainedAt(bars.low), gainedAt(bars.high)] : [gainedAt(bars.high), gainedAt(bars.low)];
  if (worst <= loss) return { value: -1, gained: loss };
  return best >= profit ? { value: 1, gained: profit } : undefined;
}

function checkBarriers(what: string, { upper, lower, horizon, touch = 'close', atHorizon = 'sign' }: TripleBarrier): void {
  checkNumber(what, 'upper', upper, MULTIPLE);
  checkNumber(what, 'lower', lower, MULTIPLE);
  checkNumber(what, 'horizon', horizon, HORIZON);
  checkChoice(what, 'touch', touch, ['close', 'range']);
  checkChoice(what, 'atHorizon', atHorizon, ['sign', 'zero']);
}

function checkSides(what: string, sides: Float64Array, length: number): void {
  checkLength(what, 'sides', sides, length);
  const wrong = sides.findIndex((side) => !(Number.isNaN(side) || side === 0 || Math.abs(side) === 1));
  if (wrong >= 0) throw new RangeError(`${what}: sides[${wrong}] is ${sides[wrong]}, but a side is 1, -1, or 0 for none.`);
}
