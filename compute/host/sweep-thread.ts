import { SweepRunner, type SweepSetup } from './sweep-runner.ts';
import { serveRequests } from './worker-thread.ts';

export type SweepMessage =
  { readonly kind: 'open'; readonly setup: SweepSetup } | { readonly kind: 'run'; readonly sets: Float64Array<ArrayBuffer> };

let runner: SweepRunner | undefined;

serveRequests((message: SweepMessage) => {
  if (message.kind === 'open') {
    runner = new SweepRunner(message.setup);
    return undefined;
  }
  if (runner === undefined) throw new Error('Invariant: a sweep is opened before its first set');
  return runner.runSets(message.sets);
});
