import { serveRequests } from '../worker-thread.ts';
import { binFeatures } from './binning.ts';
import type { Layout } from './layout.ts';
import { instantiateLearning } from './learning-module.ts';
import { openTraining, runTraining, type Training, type TrainingProgress, type TrainingRequest } from './training.ts';

/** What the first thread answers when it has laid a training out: what the others need to join. */
export interface Opened {
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
}

export type TrainingMessage =
  | { readonly kind: 'open'; readonly module: WebAssembly.Module; readonly request: TrainingRequest; readonly threads: number }
  | { readonly kind: 'lead' }
  | {
      readonly kind: 'help';
      readonly module: WebAssembly.Module;
      readonly request: TrainingRequest;
      readonly opened: Opened;
      readonly thread: number;
    };

let training: Training | undefined;

serveRequests((message: TrainingMessage, onProgress: (progress: TrainingProgress) => void) => {
  if (message.kind === 'open') {
    training = openTraining(message.module, message.request, message.threads);
    return { memory: training.memory, layout: training.layout };
  }
  if (message.kind === 'help') {
    const { module, request, opened, thread } = message;
    binFeatures({ module, request, ...opened });
    instantiateLearning(module, opened.memory).help(opened.layout.job, thread);
    return undefined;
  }
  if (training === undefined) throw new Error('Invariant: a training is opened before it is led');
  const opened = training;
  training = undefined;
  return runTraining(opened, onProgress);
});
