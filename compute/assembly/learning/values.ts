import { Job, Node, weightOf } from './job';

/** The value that takes most of the loss away, within the bounds of the node. The hessian is a whole number, without its count. */
@inline
export function clippedValue(job: Job, node: Node, gradient: i64, hessian: f64): f64 {
  const curve = hessian * job.hessianUnit + job.l2;
  const value = curve > 0 ? (-f64(gradient) * job.gradientUnit) / curve : 0;
  return max(node.lower, min(node.upper, value));
}

/** Twice the loss that a value takes away: G²/(H + λ) of the best one. */
@inline
export function clippedScore(job: Job, gradient: i64, hessian: f64, value: f64): f64 {
  return -value * (2 * f64(gradient) * job.gradientUnit + (hessian * job.hessianUnit + job.l2) * value);
}

/** What a split must beat: the node as one leaf. */
export function scoreOf(job: Job, node: Node): f64 {
  const hessian = weightOf(job, node.hessian);
  if (job.constrained != 0) return clippedScore(job, node.gradient, hessian, node.value);
  const gradient = f64(node.gradient);
  return (gradient * gradient) / (hessian + job.l2 / job.hessianUnit);
}

/** Scores of free nodes are counted in steps of the pairs. */
export function scoreUnit(job: Job): f64 {
  return job.constrained != 0 ? 1 : (job.gradientUnit * job.gradientUnit) / job.hessianUnit;
}
