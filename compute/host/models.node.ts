/** Models in strategies: from bars to a module that trades, in Node. */
export type { Trainers, TrainRequest, TrainedStrategy } from './model-strategies/train.ts';
export { trainStrategy } from './model-strategies/train.ts';
export { carriedSource } from './model-strategies/carried-source.ts';
export { decodeAny, encodeAny, isClassifier, ModelFileError, predictAny } from './model-strategies/any-model.ts';
export type { AnyModel } from './model-strategies/any-model.ts';
export { checkModelFiles, readModelFiles, readModelFolder, writeModelFolder } from './model-strategies/folder.ts';
export type { ModelFiles, ModelFolder } from './model-strategies/folder.ts';
export { readManifest, writeManifest } from './model-strategies/manifest.ts';
export type { ModelManifest } from './model-strategies/manifest.ts';
export { inspectModelFolder, listModels } from './model-strategies/model-list.ts';
export type { ListedModel } from './model-strategies/model-list.ts';
export { openModelModule } from './model-strategies/model-module.ts';
export type { ModelModule, Observation, Verdict } from './model-strategies/model-module.ts';
export { explainAny, predictionLines } from './model-strategies/predictions.ts';
export type { PredictOptions, RowExplanation } from './model-strategies/predictions.ts';
export { trainingSummary } from './model-strategies/summary.ts';
export { DEFAULT_FEATURES, parseTrain, readCsvSeries, runTrainCommand } from './model-strategies/train-command.ts';
export type { TrainCommand } from './model-strategies/train-command.ts';
