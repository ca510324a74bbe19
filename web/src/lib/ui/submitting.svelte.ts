import { Openings } from './openings.ts';
import { toasts } from './toasts.svelte.ts';

/** What a dialog has sent, for as long as it is open: what fails after it was closed is told as a toast, and touches no other opening. */
export class Submitting {
  busy = $state(false);
  /** Why the last try of this opening failed. */
  failure = $state<string>();
  readonly #openings = new Openings();

  /** The dialog was opened or closed. */
  renew(): void {
    this.#openings.renew();
    this.busy = false;
    this.failure = undefined;
  }

  /** Does it, which gives a sentence when it failed. True where it is done and the dialog is still open. */
  async run(work: () => Promise<string | undefined>): Promise<boolean> {
    const isOurs = this.#openings.current();
    this.busy = true;
    this.failure = undefined;
    const failure = await work();
    if (!isOurs()) {
      if (failure !== undefined) toasts.bad(failure);
      return false;
    }
    this.busy = false;
    this.failure = failure;
    return failure === undefined;
  }
}
