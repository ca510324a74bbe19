import type { LiveRun } from './live-run.ts';
import type { Execute, Outlet, Reader } from './outlet.ts';
import { SharedFacts } from './shared-facts.ts';
import { SharedStates } from './shared-states.ts';

/** Which live fields tell facts, each once and in order, and which a state, the newest only. */
export const LIVE_KINDS: Readonly<Record<string, 'fact' | 'state'>> = {
  alerts: 'fact',
  controls: 'state',
  equity: 'state',
  health: 'state',
  journal: 'fact',
  orders: 'fact',
  positions: 'state',
  recommendations: 'fact',
  runProgress: 'state',
  strategies: 'state',
  sweepProgress: 'state',
  trainingProgress: 'state',
  walkForwardProgress: 'state',
};

/** An operation that others may share. */
export interface LiveOperation {
  /** Everything that its messages depend on, but the cursor: who has the same gets the same bytes. */
  readonly key: string;
  readonly kind: 'fact' | 'state';
  /** Of facts: where the reader goes on; absent where it begins with what is new. */
  readonly cursor: number | undefined;
  /** The journal's head now. */
  readonly head: number;
  readonly execute: Execute<LiveRun>;
}

type Feed = SharedFacts | SharedStates;

/** Every live operation that is being read, once however many read it. */
export class LiveFeeds {
  private readonly feeds = new Map<string, Promise<Feed>>();

  /** Operations that run now: those that nobody reads have ended. */
  count(): number {
    return this.feeds.size;
  }

  /** A new reader. Rejects where the operation is refused. */
  async join(operation: LiveOperation, outlet: Outlet): Promise<Reader> {
    const { cursor, head } = operation;
    let feed = await this.feed(operation);
    while (feed.isClosed) feed = await this.feed(operation);
    return feed instanceof SharedFacts ? feed.join(cursor ?? head, outlet) : feed.join(outlet);
  }

  private feed(operation: LiveOperation): Promise<Feed> {
    const known = this.feeds.get(operation.key);
    if (known !== undefined) return known;
    const opening = this.open(operation, () => {
      if (this.feeds.get(operation.key) === opening) this.feeds.delete(operation.key);
    });
    this.feeds.set(operation.key, opening);
    return opening;
  }

  private async open({ kind, head, execute }: LiveOperation, forget: () => void): Promise<Feed> {
    const feed = kind === 'fact' ? new SharedFacts(head, execute, forget) : new SharedStates(execute, forget);
    try {
      await feed.open();
      return feed;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
