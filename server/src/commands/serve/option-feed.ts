import type { Kysely } from 'kysely';
import { SessionHalted } from '../../engine/session.ts';
import type { Session } from '../../engine/session.ts';
import type { EngineState } from '../../engine/state.ts';
import { quoteOptions } from '../../graphql/capabilities/option-quotes.ts';
import type { OptionSource } from '../../graphql/capabilities/option-quotes.ts';
import { optionTrading } from '../../graphql/capabilities/option-trading.ts';
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
  readonly session: Pick<Session, 'state' | 'command' | 'onMark'>;
  readonly timers: Timers;
  readonly report: (what: string, error: unknown) => void;
}

/** Options that are held or ordered: their prices move the account. */
export function watchedOptions({ positions, orders }: Pick<EngineState, 'positions' | 'orders'>): readonly string[] {
  const open = [...orders.values()].filter(({ state }) => !TERMINAL_STATES.has(state)).map(({ intent: { symbol } }) => symbol);
  return [...new Set([...positions.keys(), ...open])].filter(isOptionSymbol).sort();
}

/** Lists what came into the account without a ticket. What cannot be listed is told once, and not asked for again. */
function openLister({ db, source, session, timers, report }: OptionFeedOptions): (symbols: readonly string[]) => Promise<void> {
  const { list } = optionTrading(db, source, session, timers.now);
  const refused = new Set<string>();
  return async (symbols) => {
    for (const symbol of symbols) {
      if (session.state().instruments.has(symbol) || refused.has(symbol)) continue;
      const problem = await list(symbol);
      if (problem === undefined) continue;
      refused.add(symbol);
      report(`${symbol} is held and not listed`, new Error(problem));
    }
  };
}

/**
 * While the market is open, asks at once and then again and again for the quotes and greeks of what is held or ordered in options, lists what is not listed, and gives
 * the quotes to the engine as marks. A question that fails is told once, until one succeeds; the marks then grow old, and the gate opens nothing by them.
 */
export function startOptionFeed(options: OptionFeedOptions): { close(): Promise<void> } {
  const { db, source, session, timers, report } = options;
  const listAll = openLister(options);
  let closed = false;
  let failing = false;
  let stop = (): void => undefined;
  const look = async (): Promise<void> => {
    const state = session.state();
    const symbols = state.marketOpen ? watchedOptions(state) : [];
    if (symbols.length === 0) return;
    await listAll(symbols);
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
    stop = timers.after(EVERY_MS, () => {
      work = lookOnce();
    });
  };
  let work = lookOnce();
  return {
    close: async () => {
      closed = true;
      stop();
      await work;
    },
  };
}
