import { WaitingChangesDocument } from '@tidemark/schema/documents';
import type { WaitingChangesQuery } from '@tidemark/schema/documents';
import { page } from '$app/state';
import { live } from '#lib/live/live.svelte.ts';
import { Query } from '#lib/live/query.svelte.ts';

/** How many decisions wait for a person: on orders, on what takes two, and on changes that agents propose. */
class Waiting {
  #changes = $state.raw<Query<WaitingChangesQuery, Record<string, never>>>();

  get count(): number {
    const { openProposals = 0, waitingRecommendations = 0 } = live.controls ?? {};
    return openProposals + waitingRecommendations + (this.#changes?.data?.changeProposals.edges.length ?? 0);
  }

  /** While the component that calls this is there. Of changes nothing is pushed: proposing one raises an alert, and one that is taken back is gone with the next page. */
  follow(): void {
    this.#changes = new Query(
      WaitingChangesDocument,
      () => (live.ready ? {} : undefined),
      () => [live.alerts, page.url.pathname],
    );
  }

  /** Somebody has just decided. */
  lookAgain(): void {
    this.#changes?.reload();
  }
}

export const waiting = new Waiting();
