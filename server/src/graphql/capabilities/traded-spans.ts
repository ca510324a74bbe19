import type { AskedBar, TradedSpan } from '../../backtests/traded-span.ts';
import type { OwnMove } from '../../backtests/live-curve.ts';
import type { Action, Fact } from '../../engine/effects.ts';
import type { BarSlice, EventOf } from '../../engine/events.ts';
import type { JournalReads } from '../../journal/graphql.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import type { StrategyConfig, Wished } from '../../strategies/strategy.ts';

const PAGE = 500;

/** Entries of a kind after one of them and up to another, oldest first; about a strategy where it is named. */
async function* entriesOf(
  journal: JournalReads,
  kind: string,
  about: string | undefined,
  { after: from, upTo }: { readonly after: number; readonly upTo: number },
): AsyncGenerator<JournalEntry> {
  let after: string | undefined = String(from);
  do {
    const page = await journal.list({ first: PAGE, after, kind, about });
    for (const { node } of page.nodes) {
      if (node.seq > upTo) return;
      yield node;
    }
    after = page.hasNextPage ? page.nodes.at(-1)?.cursor : undefined;
  } while (after !== undefined);
}

async function gathered<T>(entries: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

interface Begun {
  readonly config: StrategyConfig;
  /** The entry that switched it on, or configured it last. */
  readonly seq: number;
}

/** Where the newest module of a strategy that was asked anything was opened; `undefined` where it never was. */
async function newestBegin(journal: JournalReads, strategyId: string): Promise<Begun | undefined> {
  const entries: JournalEntry[] = [];
  for (const kind of ['StrategyCreated', 'StrategyConfigured', 'StrategyEnabled'])
    entries.push(...(await gathered(entriesOf(journal, kind, strategyId, { after: 0, upTo: Number.POSITIVE_INFINITY }))));
  const begins: Begun[] = [];
  let config: StrategyConfig | undefined;
  for (const { kind, payload, seq } of entries.toSorted((left, right) => left.seq - right.seq)) {
    if (kind !== 'StrategyEnabled') config = (payload as EventOf<'StrategyConfigured'>).config;
    if (kind !== 'StrategyCreated' && config !== undefined) begins.push({ config, seq });
  }
  for (const begun of begins.toReversed()) {
    const asked = await journal.list({ first: 1, after: String(begun.seq), kind: 'AskStrategy', about: strategyId });
    if (asked.nodes.length > 0) return begun;
  }
  return undefined;
}

type Ask = Omit<Extract<Action, { kind: 'AskStrategy' }>, 'bars' | 'entryPrices' | 'working' | 'timeframe'>;

/** What a strategy was fed, asked and answered since it began: read once, then from where the last reading ended. */
export interface SpanReader {
  readonly begun: Begun;
  /** Reads on to the journal's end; the number of decisions that are known then. */
  readonly advance: () => Promise<number>;
  readonly span: () => Omit<TradedSpan, 'fills'>;
  /** Its parts of cash that moved beside fills since it began. */
  readonly moves: () => readonly OwnMove[];
}

function spanReader(journal: JournalReads, begun: Begun): SpanReader {
  const { config } = begun;
  const fed: BarSlice[] = [];
  const asks: { readonly ask: Ask; readonly cause: number }[] = [];
  const bars = new Map<number, BarSlice>();
  const answers = new Map<number, readonly Wished[]>();
  const moves: OwnMove[] = [];
  let after = begun.seq;

  /** What was read is taken over at the end, whole: a reading that fails leaves nothing half. */
  const readTo = async (upTo: number): Promise<void> => {
    const within = { after, upTo };
    const news = {
      fed: await gathered(entriesOf(journal, 'StrategyWarmed', config.id, within)),
      asks: await gathered(entriesOf(journal, 'AskStrategy', config.id, within)),
      decided: await gathered(entriesOf(journal, 'StrategyDecided', config.id, within)),
      moved: await gathered(entriesOf(journal, 'CashMoved', undefined, within)),
    };
    const causes = new Set(news.asks.map(({ cause }) => cause));
    for await (const { seq, payload } of entriesOf(journal, 'BarsClosed', undefined, within)) {
      const event = payload as EventOf<'BarsClosed'>;
      if (causes.has(seq)) bars.set(seq, { at: event.at, bars: event.bars.filter(({ symbol }) => config.symbols.includes(symbol)) });
    }
    for (const { payload } of news.fed) fed.push(...(payload as EventOf<'StrategyWarmed'>).slices);
    for (const { payload, cause = 0 } of news.asks) asks.push({ ask: payload as Ask, cause });
    for (const { payload } of news.decided) {
      const { decision } = payload as EventOf<'StrategyDecided'>;
      answers.set(decision.barAt, decision.targets);
    }
    for (const { payload } of news.moved) {
      const { parts, at } = payload as Extract<Fact, { kind: 'CashMoved' }>;
      for (const { owner, amount } of parts) if (owner === config.id) moves.push({ at, amount });
    }
    after = upTo;
  };
  /** One reading after the other: two at once would take the same entries twice. */
  const readOn = async (before: Promise<void>): Promise<void> => {
    await before.catch(() => undefined);
    const { seq } = journal.head();
    await journal.projected(seq);
    if (seq > after) await readTo(seq);
  };
  let reading: Promise<void> = Promise.resolve();
  return {
    begun,
    advance: async () => {
      reading = readOn(reading);
      await reading;
      return answers.size;
    },
    moves: () => moves,
    span: () => ({
      config,
      fed,
      asked: asks.flatMap(({ ask: { positions, equity, at }, cause }): AskedBar[] => {
        const slice = bars.get(cause);
        return slice === undefined ? [] : [{ ...slice, holding: positions, equity, decided: answers.get(at) }];
      }),
    }),
  };
}

/** Readers of strategies' trading, one each, whoever asks. */
export interface TradedSpans {
  /** Of the newest module that was asked anything; `undefined` where none ever was. */
  readonly of: (strategyId: string) => Promise<SpanReader | undefined>;
}

export function openTradedSpans(journal: JournalReads): TradedSpans {
  const readers = new Map<string, SpanReader>();
  return {
    of: async (strategyId) => {
      await journal.projected(journal.head().seq);
      const begun = await newestBegin(journal, strategyId);
      if (begun === undefined) return undefined;
      const known = readers.get(strategyId);
      if (known?.begun.seq === begun.seq) return known;
      const reader = spanReader(journal, begun);
      readers.set(strategyId, reader);
      return reader;
    },
  };
}
