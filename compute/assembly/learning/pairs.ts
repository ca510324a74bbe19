import { Job, integerAt, numberAt, putNumber, rowAt } from './job';

/**
 * A pair is two whole numbers: a gradient, and a hessian with a count above it. Sums of whole numbers are exact, so a histogram is the same
 * in any order of rows, a sibling is exactly its parent less the other child, and nothing drifts.
 */
export function choosePairUnits(job: Job): void {
  let gradient: f64 = 0;
  let hessian: f64 = 0;
  for (let slice = 0; slice < job.slices; slice++) {
    gradient = max(gradient, numberAt(job.maxima, slice * 8));
    hessian = max(hessian, numberAt(job.maxima, slice * 8 + 1));
  }
  const bits = job.rowBits;
  job.gradientUnit = unitOf(gradient, 52 - bits);
  job.hessianUnit = unitOf(hessian, min(52 - bits, 63 - 2 * bits));
}

/** The power of two of which `largest` is at most 2^bits. */
function unitOf(largest: f64, bits: i32): f64 {
  // The exponent of a double; nothing that small matters beside what a model is trained for.
  const exponent = max(i32((reinterpret<u64>(largest) >> 52) & 0x7ff) - 1023, -900);
  return reinterpret<f64>(u64(exponent + 1 - bits + 1023) << 52);
}

/** Largest absolute gradient and hessian of a slice of the sample. */
export function maximaOf(job: Job, slice: i32, from: i32, to: i32): void {
  const derivatives = derivativesOf(job);
  let largest = f64x2.splat(0);
  for (let place = from; place < to; place++) {
    const row = rowAt(job.order, place);
    const times = f64x2.splat(f64(integerAt(job.draws, row)));
    largest = f64x2.max(largest, f64x2.mul(f64x2.abs(v128.load(derivatives + (usize(row) << 4))), times));
  }
  putNumber(job.maxima, slice * 8, f64x2.extract_lane(largest, 0));
  putNumber(job.maxima, slice * 8 + 1, f64x2.extract_lane(largest, 1));
}

/** Pairs of a slice of the sample, in the order of its rows, and their sum. */
export function writePairs(job: Job, slice: i32, from: i32, to: i32): void {
  const derivatives = derivativesOf(job);
  const one: i64 = (<i64>1) << i64(job.countShift);
  const perGradient = 1 / job.gradientUnit;
  const perHessian = 1 / job.hessianUnit;
  let gradients: i64 = 0;
  let hessians: i64 = 0;
  for (let place = from; place < to; place++) {
    const row = rowAt(job.order, place);
    const source = derivatives + (usize(row) << 4);
    const times = f64(integerAt(job.draws, row));
    const gradient = i64(nearest(load<f64>(source) * times * perGradient));
    const hessian = i64(nearest(load<f64>(source, 8) * times * perHessian)) + one;
    const pair = job.pairs + (usize(place) << 4);
    store<i64>(pair, gradient);
    store<i64>(pair, hessian, 8);
    gradients += gradient;
    hessians += hessian;
  }
  store<i64>(job.sums + (usize(slice) << 6), gradients);
  store<i64>(job.sums + (usize(slice) << 6), hessians, 8);
}

@inline
function derivativesOf(job: Job): usize {
  return job.derivatives + (usize(job.output) * usize(job.rows) << 4);
}
