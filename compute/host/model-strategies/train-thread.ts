import { compileModelStrategy } from '../compile.ts';
import { openIndicators } from '../indicators.node.ts';
import { openLearning } from '../learning/learning.node.ts';
import { serveRequests } from '../worker-thread.ts';
import { trainAndEvaluate, type TrainRequest } from './train.ts';

serveRequests(async (request: TrainRequest, onProgress) => {
  const [indicators, learning] = [await openIndicators(), await openLearning()];
  return trainAndEvaluate(request, { indicators, learning, compile: compileModelStrategy, onProgress });
});
