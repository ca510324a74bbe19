import { JournalCheckDocument } from '@tidemark/schema/documents';
import { live } from '#lib/live/live.svelte.ts';

export type WalkState = 'idle' | 'running' | 'stopped' | 'sound' | 'broken' | 'failed';

const GENESIS = '0'.repeat(64);

/** Has the server work out the hash chain again, stretch after stretch, and joins them here. Leaving the page ends it. */
export class ChainWalk {
  state = $state<WalkState>('idle');
  /** The last entry that follows from all before it. */
  seq = $state(0);
  headSeq = $state(0);
  hash = $state(GENESIS);
  problem = $state<{ readonly seq: number; readonly problem: string }>();
  failure = $state<string>();
  #walk = 0;

  stop(): void {
    this.#walk += 1;
    if (this.state === 'running') this.state = 'stopped';
  }

  async start(): Promise<void> {
    this.#walk += 1;
    const mine = this.#walk;
    [this.state, this.seq, this.headSeq, this.hash, this.problem, this.failure] = ['running', 0, 0, GENESIS, undefined, undefined];
    // The head moves on while trading goes on: what was the head at the start is enough.
    let goal: number | undefined;
    while (goal === undefined || this.seq < goal) {
      const answer = await live.query(JournalCheckDocument, { after: this.seq, first: null });
      if (mine !== this.#walk) return;
      if (!answer.ok) {
        [this.state, this.failure] = ['failed', answer.message];
        return;
      }
      const stretch = answer.data.journalCheck;
      goal ??= stretch.headSeq;
      this.headSeq = goal;
      const joins = stretch.previousHash === this.hash;
      const problem =
        stretch.problem ?? (joins ? undefined : { seq: this.seq, problem: 'its hash is not the one that was read a moment ago' });
      if (problem !== undefined) {
        [this.state, this.problem] = ['broken', problem];
        return;
      }
      [this.seq, this.hash] = [stretch.to, stretch.hash];
    }
    this.state = 'sound';
  }
}
