import type { Kysely } from 'kysely';
import { SessionHalted } from '../../engine/session.ts';
import type { Session } from '../../engine/session.ts';
import type { EngineState } from '../../engine/state.ts';
import { quoteOptions } from '../../graphql/capabilities/option-quotes.ts';
import type { OptionSource } from '../../graphql/capabilities/option-quotes.ts';
import { isOptionSymbol } from '../../instruments/option-symbol.ts';
import type { Timers } from '../../market-data/providers/timers.ts';
import { storedContracts } from '../../options/service.ts';
import { TERMINAL_STATES } from '../../orders/order.ts';
import type { Database } from '../../platform/database.ts';

/** Half of the age from which the gate calls a price stale, and then some for the answer. */
const EVERY_MS = 10_000;

export interface OptionFeedOptions {
  readonly db: Kysely<Database>;
  readonly source: OptionSource;
  readonly session: Pick<Session, 'state' | 'onMark'>;
  readonly timers: Timers;
  readonly report: (what: string, error: unknown) => void;
  readonly everyMs?: number;
}

/** Options that are held or ordered: their prices move the account. */
export function watchedOptions({ positions, orders }: Pick<EngineState, 'positions' | 'orders'>): readonly string[] {
  const open = [...orders.values()].filter(({ state }) => !TERMINAL_STATES.has(state)).map(({ intent: { symbol } }) => symbol);
  return [...new Set([...positions.keys(), ...open])].filter(isOptionSymbol).sort();
}

/**
 * While the market is open, asks again and again for the quotes and greeks of what is held or ordered in options, and gives them to the engine as marks. A question
 * that fails is told once, until one succeeds; the marks then grow old, and the gate opens nothing by them.
 */
export function startOptionFeed({ db, source, session, timers, report, everyMs = EVERY_MS }: OptionFeedOptions): {
  close(): Promise<void>;
} {
  let closed = false;
  let failing = false;
  let stop = (): void => undefined;
  let work: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const state = session.state();
    const symbols = state.marketOpen ? watchedOptions(state) : [];
    if (symbols.length === 0) return;
    const marks = await quoteOptions(db, source, await storedContracts(db, symbols), timers.now());
    if (!closed) for (const { symbol, mark } of marks) session.onMark(symbol, mark);
  };
  const lookOnce = async (): Promise<void> => {
    try {
      await look();
      failing = false;
    } catch (error) {
      if (!failing && !(error instanceof SessionHalted)) report('the quotes of options that are held', error);
      failing = true;
    }
    again();
  };
  const again = (): void => {
    if (closed) return;
    stop = timers.after(everyMs, () => {
      work = lookOnce();
    });
  };
  again();
  return {
    close: async () => {
      closed = true;
      stop();
      await work;
    },
  };
}
