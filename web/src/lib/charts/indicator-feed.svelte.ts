import type { IndicatorSpec } from '@tidemark/compute/types';
import { untrack } from 'svelte';
import { Ended, WorkerClient } from '#lib/worker/worker-client.ts';
import { IndicatorLines, NO_PROBLEMS } from './indicator-lines.ts';
import type { IndicatorLine, Problems } from './indicator-lines.ts';
import type { IndicatorRequest } from './indicator-request.ts';
import type { ComputeAnswer, ComputeRequest } from './indicators.worker.ts';
import { openIndicators } from './open-indicators.ts';
import type { PriceBars } from './price-bars.ts';

const DEADLINE_MS = 30_000;
const LATE = `The indicators took longer than ${DEADLINE_MS / 1000} s and were stopped: take one away, or show fewer bars.`;

/** Indicators over the bars of a chart, computed in a thread of the browser; each change of bars or wishes is followed. Make it inside a component. */
export class IndicatorFeed {
  /** All that there is to compute; empty until the module is loaded. */
  specs = $state.raw<readonly IndicatorSpec[]>([]);
  lines = $state.raw<readonly IndicatorLine[]>([]);
  problems = $state.raw<Problems>(NO_PROBLEMS);
  failure = $state<string>();
  readonly #client = new WorkerClient<ComputeRequest, ComputeAnswer>(openIndicators);
  readonly #lines = new IndicatorLines();
  #wanted: readonly IndicatorRequest[] = [];
  #isBusy = false;
  #isBehind = false;

  constructor(bars: () => PriceBars, wanted: () => readonly IndicatorRequest[]) {
    $effect(() => {
      const next = bars();
      const wishes = wanted();
      untrack(() => {
        this.#lines.follow(next);
        this.#wanted = wishes;
        void this.#follow();
      });
    });
    $effect(() => () => this.#client.end('The chart was closed.'));
  }

  async #follow(): Promise<void> {
    this.#isBehind = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#isBehind) {
        this.#isBehind = false;
        const asked = this.#lines.question(this.#wanted);
        const answer = await this.#client.ask(asked.request, DEADLINE_MS, LATE);
        const { lines, problems } = this.#lines.take(asked, answer);
        this.specs = answer.specs;
        this.lines = lines;
        this.problems = problems;
      }
      this.failure = undefined;
    } catch (error) {
      this.#lines.forget();
      if (!(error instanceof Ended) || error.message === LATE) this.failure = error instanceof Error ? error.message : String(error);
    } finally {
      this.#isBusy = false;
    }
  }
}
