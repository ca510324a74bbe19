import type { Effect } from '../engine/effects.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';

/** An event of the journal with what it led to, as far as a strategy's module is concerned. */
export interface RecordedStep {
  readonly entry: JournalEntry;
  readonly event: EngineEvent;
  /** The event's last entry. */
  readonly lastSeq: number;
  /** Entries of its effects. */
  readonly led: readonly JournalEntry[];
}

/** Joins entries that follow one another to steps. A step is whole when the next begins, or where the record ends. */
export function joinSteps(): { readonly take: (entries: readonly JournalEntry[], atEnd: boolean) => readonly RecordedStep[] } {
  let open: { entry: JournalEntry; led: JournalEntry[] } | undefined;
  const close = (): readonly RecordedStep[] => {
    if (open === undefined) return [];
    const { entry, led } = open;
    open = undefined;
    return [{ entry, event: entry.payload as EngineEvent, lastSeq: led.at(-1)?.seq ?? entry.seq, led }];
  };
  return {
    take: (entries, atEnd) => {
      const done: RecordedStep[] = [];
      for (const entry of entries) {
        if (entry.type === 'event') {
          done.push(...close());
          open = { entry, led: [] };
        } else open?.led.push(entry);
      }
      if (atEnd) done.push(...close());
      return done;
    },
  };
}

/**
 * The effects that feed modules: changes of strategies, and questions. A question is written down without its bars, which stand in the event, and without what follows from
 * the entries before: average prices and working orders are left out, because a strategy that decides by a model looks at neither.
 */
export function feedingEffects(
  { event, led }: RecordedStep,
  configOf: (strategyId: string) => StrategyConfig | undefined,
): readonly Effect[] {
  return led.flatMap(({ kind, payload }): readonly Effect[] => {
    if (kind === 'StrategyChanged') return [payload as Extract<Effect, { kind: 'StrategyChanged' }>];
    if (kind !== 'AskStrategy' || event.kind !== 'BarsClosed') return [];
    const asked = payload as Pick<Extract<Effect, { kind: 'AskStrategy' }>, 'kind' | 'strategyId' | 'at' | 'positions' | 'cash' | 'equity'>;
    const wanted = new Set(configOf(asked.strategyId)?.symbols);
    const bars = event.bars.filter(({ symbol }) => wanted.has(symbol));
    return [{ ...asked, timeframe: event.timeframe, bars, entryPrices: [], working: [] }];
  });
}
