import { BINARY, Job, MULTICLASS, QUANTILE, numberAt, putNumber, weightAt } from './job';
import { weightedQuantile } from './quantiles';

/** What all rows begin with: log odds, log shares of the classes, the mean or the quantile, by weight. */
export function writeBaseScores(job: Job): void {
  if (job.objective == MULTICLASS) return classShares(job);
  if (job.objective == QUANTILE) {
    putNumber(job.baseScores, 0, quantileOfTarget(job));
    return;
  }
  putNumber(job.baseScores, 0, job.objective == BINARY ? logOdds(job) : meanOf(job));
}

/** Ones and zeros are summed apart: 1 less a share near 1 would be nothing. */
function logOdds(job: Job): f64 {
  let ones: f64 = 0;
  let zeros: f64 = 0;
  for (let row = 0; row < job.rows; row++) {
    const weight = weightAt(job.weights, row);
    if (numberAt(job.target, row) == 1) ones += weight;
    else zeros += weight;
  }
  return Math.log(ones / zeros);
}

function meanOf(job: Job): f64 {
  let sum: f64 = 0;
  let weights: f64 = 0;
  for (let row = 0; row < job.rows; row++) {
    const weight = weightAt(job.weights, row);
    sum += weight * numberAt(job.target, row);
    weights += weight;
  }
  return sum / weights;
}

function classShares(job: Job): void {
  for (let output = 0; output < job.outputs; output++) putNumber(job.baseScores, output, 0);
  let weights: f64 = 0;
  for (let row = 0; row < job.rows; row++) {
    const weight = weightAt(job.weights, row);
    const target = i32(numberAt(job.target, row));
    putNumber(job.baseScores, target, numberAt(job.baseScores, target) + weight);
    weights += weight;
  }
  for (let output = 0; output < job.outputs; output++) {
    putNumber(job.baseScores, output, Math.log(numberAt(job.baseScores, output) / weights));
  }
}

function quantileOfTarget(job: Job): f64 {
  for (let row = 0; row < job.rows; row++) {
    const place = job.pairsBelow + (usize(row) << 4);
    store<f64>(place, numberAt(job.target, row));
    store<f64>(place, weightAt(job.weights, row), 8);
  }
  return weightedQuantile(job.pairsBelow, job.rows, job.quantile);
}

/** Mean loss of the rows that are held out, by weight: log-loss, squared error or pinball loss. */
export function heldLoss(address: usize): f64 {
  const job = changetype<Job>(address);
  let sum: f64 = 0;
  let weights: f64 = 0;
  for (let row = 0; row < job.heldRows; row++) {
    const weight = weightAt(job.heldWeights, row);
    sum += weight * lossOf(job, row, numberAt(job.heldTarget, row));
    weights += weight;
  }
  return sum / weights;
}

function lossOf(job: Job, row: i32, target: f64): f64 {
  if (job.objective == MULTICLASS) return multiclassLoss(job, row, i32(target));
  const score = numberAt(job.heldScores, row);
  if (job.objective == BINARY) return max(score, 0) - score * target + Math.log1p(Math.exp(-abs(score)));
  const rest = target - score;
  return job.objective == QUANTILE ? max(job.quantile * rest, (job.quantile - 1) * rest) : rest * rest;
}

function multiclassLoss(job: Job, row: i32, target: i32): f64 {
  const rows = job.heldRows;
  let top = -Infinity;
  for (let output = 0; output < job.outputs; output++) top = max(top, numberAt(job.heldScores, output * rows + row));
  let total: f64 = 0;
  for (let output = 0; output < job.outputs; output++) total += Math.exp(numberAt(job.heldScores, output * rows + row) - top);
  return top + Math.log(total) - numberAt(job.heldScores, target * rows + row);
}
