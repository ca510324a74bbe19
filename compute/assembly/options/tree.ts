import { Option } from './inputs';

export const STEPS_MIN: i32 = 2;
export const STEPS_MAX: i32 = 10_000;

/** The pair loop reads and writes a little beyond the last node. */
const ROOM: usize = (STEPS_MAX + 8) * sizeof<f64>();
const values: usize = heap.alloc(ROOM);
const spots: usize = heap.alloc(ROOM);
/** What exercise gives at the nodes of every second level, upwards; a level's nodes are a stretch in the middle of theirs. */
const lastLevel: usize = heap.alloc(ROOM);
const levelBefore: usize = heap.alloc(ROOM);

/** Values of the first three levels, for the price and its differences: one node, two nodes, three. */
export let price: f64 = 0;
export let down1: f64 = 0;
export let up1: f64 = 0;
export let down2: f64 = 0;
export let middle2: f64 = 0;
export let up2: f64 = 0;

function keep(level: i32): void {
  if (level == 0) price = load<f64>(values);
  if (level == 1) {
    down1 = load<f64>(values);
    up1 = load<f64>(values, 8);
  }
  if (level == 2) {
    down2 = load<f64>(values);
    middle2 = load<f64>(values, 8);
    up2 = load<f64>(values, 16);
  }
}

/** Exercise at each node of a level with `count` nodes: sign·(spot·e^(exponent) − strike), exponents `2·width` apart around zero. */
function fillExercise(target: usize, count: i32, width: f64, option: Option): void {
  for (let node = 0; node < count; node++) {
    const spot = option.spot * Math.exp(f64(2 * node - count + 1) * width);
    store<f64>(target + (<usize>node << 3), option.sign * (spot - option.strike));
  }
}

/**
 * Backward through a tree whose up and down steps undo each other, `width` the logarithm of one: J. C. Cox, S. A. Ross and M. Rubinstein,
 * "Option pricing: a simplified approach", 1979. `up` and `down` are the discounted probabilities. Exercise is tried at every node.
 */
export function walkRecombining(option: Option, steps: i32, width: f64, up: f64, down: f64): void {
  fillExercise(lastLevel, steps + 1, width, option);
  fillExercise(levelBefore, steps, width, option);
  for (let node = 0; node <= steps; node++)
    store<f64>(values + (<usize>node << 3), max(0, load<f64>(lastLevel + (<usize>node << 3))));
  keep(steps);
  for (let level = steps - 1; level >= 0; level--) {
    const above = steps - level;
    const exercise = (above & 1 ? levelBefore : lastLevel) + ((<usize>above >> 1) << 3);
    stepBack(level, exercise, f64x2.splat(up), f64x2.splat(down));
    keep(level);
  }
}

@inline
function stepBack(level: i32, exercise: usize, up: v128, down: v128): void {
  const bytes = <usize>(level + 1) << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    const higher = f64x2.mul(up, v128.load(values + at, 8));
    const held = f64x2.add(higher, f64x2.mul(down, v128.load(values + at)));
    v128.store(values + at, f64x2.pmax(held, v128.load(exercise + at)));
  }
}

/** Backward through a tree of any steps: `rise` and `fall` are a step's factors of the spot. */
export function walk(option: Option, steps: i32, rise: f64, fall: f64, up: f64, down: f64): void {
  const sign = option.sign;
  const back = 1 / fall;
  for (let node = 0; node <= steps; node++) {
    const spot = option.spot * Math.exp(f64(node) * Math.log(rise) + f64(steps - node) * Math.log(fall));
    store<f64>(spots + (<usize>node << 3), spot);
    store<f64>(values + (<usize>node << 3), max(0, sign * (spot - option.strike)));
  }
  keep(steps);
  for (let level = steps - 1; level >= 0; level--) {
    stepBackWithSpots(level, back, option, sign, f64x2.splat(up), f64x2.splat(down));
    keep(level);
  }
}

@inline
function stepBackWithSpots(level: i32, back: f64, option: Option, sign: f64, up: v128, down: v128): void {
  const signs = f64x2.splat(sign);
  const strike = f64x2.splat(option.strike);
  const backs = f64x2.splat(back);
  const bytes = <usize>(level + 1) << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    const spot = f64x2.mul(backs, v128.load(spots + at));
    v128.store(spots + at, spot);
    const higher = f64x2.mul(up, v128.load(values + at, 8));
    const held = f64x2.add(higher, f64x2.mul(down, v128.load(values + at)));
    v128.store(values + at, f64x2.pmax(held, f64x2.mul(signs, f64x2.sub(spot, strike))));
  }
}
