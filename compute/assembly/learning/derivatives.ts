import { exponentials } from './exponential';
import { BINARY, Job, MULTICLASS, QUANTILE, numberAt, weightAt } from './job';

/** Gradient and hessian of the loss by each score, of the rows from `from` to before `to`. */
export function differentiate(job: Job, from: i32, to: i32): void {
  if (job.objective == BINARY) binary(job, from, to);
  else if (job.objective == MULTICLASS) multiclass(job, from, to);
  else if (job.objective == QUANTILE) quantile(job, from, to);
  else squared(job, from, to);
}

@inline
function put(job: Job, row: i32, output: i32, gradient: f64, hessian: f64): void {
  const place = job.derivatives + ((usize(output) * usize(job.rows) + usize(row)) << 4);
  store<f64>(place, gradient);
  store<f64>(place, hessian, 8);
}

/** Two rows at a time; the last one alone, in both lanes. */
function binary(job: Job, from: i32, to: i32): void {
  const one = f64x2.splat(1);
  for (let row = from; row < to; row += 2) {
    const second = min(row + 1, to - 1);
    const score = f64x2.replace_lane(f64x2.splat(numberAt(job.scores, row)), 1, numberAt(job.scores, second));
    const probability = f64x2.div(one, f64x2.add(one, exponentials(f64x2.neg(score))));
    putBinary(job, row, f64x2.extract_lane(probability, 0));
    putBinary(job, second, f64x2.extract_lane(probability, 1));
  }
}

@inline
function putBinary(job: Job, row: i32, probability: f64): void {
  const weight = weightAt(job.weights, row);
  put(job, row, 0, weight * (probability - numberAt(job.target, row)), weight * probability * (1 - probability));
}

function multiclass(job: Job, from: i32, to: i32): void {
  const outputs = job.outputs;
  const rows = job.rows;
  for (let row = from; row < to; row++) {
    let top = -Infinity;
    for (let output = 0; output < outputs; output++) top = max(top, numberAt(job.scores, output * rows + row));
    let total: f64 = 0;
    for (let output = 0; output < outputs; output++) total += Math.exp(numberAt(job.scores, output * rows + row) - top);
    const weight = weightAt(job.weights, row);
    const target = i32(numberAt(job.target, row));
    for (let output = 0; output < outputs; output++) {
      const probability = Math.exp(numberAt(job.scores, output * rows + row) - top) / total;
      const wanted: f64 = output == target ? 1 : 0;
      put(job, row, output, weight * (probability - wanted), weight * probability * (1 - probability));
    }
  }
}

function squared(job: Job, from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const weight = weightAt(job.weights, row);
    put(job, row, 0, weight * (numberAt(job.scores, row) - numberAt(job.target, row)), weight);
  }
}

/** The slope of the pinball loss; it has no curve, so each row counts as its weight, and leaves get their quantile afterwards. */
function quantile(job: Job, from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const weight = weightAt(job.weights, row);
    const below: f64 = numberAt(job.target, row) < numberAt(job.scores, row) ? 1 : 0;
    put(job, row, 0, weight * (below - job.quantile), weight);
  }
}
