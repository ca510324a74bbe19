import { ABI_VERSION } from '../abi';

export { against } from './against';
export { exponentialCovariance, sampleCovariance, semicovariance } from './covariance';
export { hierarchicalRiskParity } from './hierarchy';
export { normalCdf, normalQuantile } from './normal';
export { overfitting } from './overfitting';
export { performance } from './performance';
export { definiteness, equalRiskContribution, inverseRisk, minimumVariance, minimumVarianceLongOnly } from './portfolio';
export { bootstrap, distribution, resample, simulateTrades } from './resampling';
export { rolling, rollingBeta } from './rolling';
export { expectedMaximumSharpe, probabilisticSharpe, sharpeSpread, trackRecordMin } from './sharpe';
export { constantCorrelation, ledoitWolf, oracleApproximating, singleFactor } from './shrinkage';
export { tails } from './tails';
export { drawdowns, underwater } from './underwater';

export function abi(): i32 {
  return ABI_VERSION;
}

/** Forgets everything and answers where `size` bytes are free. Every call of the host begins with it. */
export function begin(size: usize): usize {
  heap.reset();
  return heap.alloc(size);
}
