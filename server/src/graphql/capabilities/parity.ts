import { runBacktestInWorker } from '@tidemark/compute';
import type { StrategyModule } from '@tidemark/compute/types';
import { GraphQLError } from 'graphql';
import type { ParityReads } from '../../backtests/graphql-parity.ts';
import { compareWithBacktest } from '../../backtests/strategy-parity.ts';
import type { StrategyParity } from '../../backtests/strategy-parity.ts';
import { requestFor } from '../../backtests/traded-span.ts';
import type { AskedBar, TradedSpan } from '../../backtests/traded-span.ts';
import type { Action } from '../../engine/effects.ts';
import type { BarSlice, EventOf } from '../../engine/events.ts';
import { encode } from '../../journal/codec.ts';
import type { JournalReads } from '../../journal/graphql.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import type { TradeReads } from '../../positions/graphql.ts';
import type { StrategyConfig, Wished } from '../../strategies/strategy.ts';

export interface ParityParts {
  readonly journal: JournalReads;
  readonly trades: Pick<TradeReads, 'strategyFills'>;
  readonly module: (version: string) => Promise<StrategyModule | undefined>;
}

const unavailable = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'UNAVAILABLE', http: { status: 503 } } });

const PAGE = 500;
/** Bars of one comparison: all of them are read and gone through again. */
const BARS_MAX = 50_000;
const DEADLINE_MS = 30_000;
/** Comparisons that stay at hand. */
const KEPT = 8;

/** Entries of a kind after one of them, oldest first; about a strategy where it is named. */
async function* entriesOf(journal: JournalReads, kind: string, about: string | undefined, from: number): AsyncGenerator<JournalEntry> {
  let after: string | undefined = String(from);
  do {
    const page = await journal.list({ first: PAGE, after, kind, about });
    for (const { node } of page.nodes) yield node;
    after = page.hasNextPage ? page.nodes.at(-1)?.cursor : undefined;
  } while (after !== undefined);
}

async function gather<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const entry of entries) {
    all.push(entry);
    if (all.length > BARS_MAX)
      throw unavailable(`The strategy has traded over more than ${BARS_MAX} bars: tidemark replay compares those.`);
  }
  return all;
}

interface Begun {
  readonly config: StrategyConfig;
  /** The entry that switched it on, or configured it last. */
  readonly seq: number;
}

/** Where the newest module of a strategy that was asked anything was opened; `undefined` where it never was. */
async function newestBegin(journal: JournalReads, strategyId: string): Promise<Begun | undefined> {
  const kinds = ['StrategyCreated', 'StrategyConfigured', 'StrategyEnabled'] as const;
  const found = await Promise.all(kinds.map(async (kind) => await gather(entriesOf(journal, kind, strategyId, 0))));
  const entries = found.flat().toSorted((left, right) => left.seq - right.seq);
  const begins: Begun[] = [];
  let config: StrategyConfig | undefined;
  for (const { kind, payload, seq } of entries) {
    if (kind !== 'StrategyEnabled') config = (payload as EventOf<'StrategyConfigured'>).config;
    if (kind !== 'StrategyCreated' && config !== undefined) begins.push({ config, seq });
  }
  for (const begun of begins.toReversed()) if (await isFollowed(journal, 'AskStrategy', strategyId, begun.seq)) return begun;
  return undefined;
}

async function isFollowed(journal: JournalReads, kind: string, strategyId: string, seq: number): Promise<boolean> {
  return (await journal.list({ first: 1, after: String(seq), kind, about: strategyId })).nodes.length > 0;
}

type Ask = Omit<Extract<Action, { kind: 'AskStrategy' }>, 'bars' | 'entryPrices' | 'working' | 'timeframe'>;

interface Recorded {
  readonly span: TradedSpan;
  /** The entry of its newest decision. */
  readonly newest: number;
}

/** What the journal says that the strategy was fed, asked, and answered since then. */
async function spanSince({ config, seq }: Begun, { journal, trades }: ParityParts): Promise<Recorded> {
  const [warmed, asks, decided] = await Promise.all(
    (['StrategyWarmed', 'AskStrategy', 'StrategyDecided'] as const).map(
      async (kind) => await gather(entriesOf(journal, kind, config.id, seq)),
    ),
  );
  const bars = new Map<number, BarSlice>();
  const causes = new Set((asks ?? []).map(({ cause }) => cause));
  for await (const entry of entriesOf(journal, 'BarsClosed', undefined, seq)) {
    if (!causes.has(entry.seq)) continue;
    const event = entry.payload as EventOf<'BarsClosed'>;
    bars.set(entry.seq, { at: event.at, bars: event.bars.filter(({ symbol }) => config.symbols.includes(symbol)) });
  }
  const answers = new Map<number, readonly Wished[]>();
  for (const { payload } of decided ?? []) {
    const { decision } = payload as EventOf<'StrategyDecided'>;
    answers.set(decision.barAt, decision.targets);
  }
  const asked = (asks ?? []).flatMap(({ cause, payload }): AskedBar[] => {
    const slice = bars.get(cause ?? 0);
    if (slice === undefined) return [];
    const { positions, equity, at } = payload as Ask;
    return [{ ...slice, holding: positions, equity, decided: answers.get(at) }];
  });
  const fed = (warmed ?? []).flatMap(({ payload }) => (payload as EventOf<'StrategyWarmed'>).slices);
  const first = asked[0]?.at ?? 0;
  const fills = (await trades.strategyFills()).filter(({ strategyId, filledAt }) => strategyId === config.id && filledAt >= first);
  return { span: { config, fed, asked, fills }, newest: decided?.at(-1)?.seq ?? seq };
}

interface Compared {
  readonly parity: StrategyParity;
  readonly newest: number;
}

async function compared(begun: Begun, parts: ParityParts, within: Parameters<ParityReads['of']>[1]): Promise<Compared> {
  const { config } = begun;
  const module = await parts.module(config.version);
  if (module === undefined)
    throw unavailable(`The module of ${config.name}, version ${config.version.slice(0, 12)}, is not in the database.`);
  const { span, newest } = await spanSince(begun, parts);
  try {
    const result = await runBacktestInWorker(requestFor(span, module), { deadlineMs: DEADLINE_MS });
    return { parity: compareWithBacktest(span, result, encode, within), newest };
  } catch (error) {
    if (error instanceof Error && (error.name === 'StrategyTrap' || error.name === 'ParameterError'))
      throw unavailable(`The backtest of ${config.name} failed: ${error.message}`);
    throw error;
  }
}

/** Worked out once for each new decision of a strategy, however many ask. */
export function parityOf(parts: ParityParts): ParityReads {
  const kept = new Map<string, Promise<Compared>>();
  const { journal } = parts;
  const work = async (key: string, begun: Begun, within: Parameters<ParityReads['of']>[1]): Promise<StrategyParity> => {
    const found = compared(begun, parts, within);
    kept.delete(key);
    kept.set(key, found);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    try {
      return (await found).parity;
    } catch (error) {
      kept.delete(key);
      throw error;
    }
  };
  return {
    of: async (strategyId, within) => {
      await journal.projected(journal.head().seq);
      const begun = await newestBegin(journal, strategyId);
      if (begun === undefined) return undefined;
      const key = `${strategyId} ${begun.seq} ${within.from ?? ''} ${within.to ?? ''}`;
      const known = await kept.get(key);
      const isNew = known === undefined || (await isFollowed(journal, 'StrategyDecided', strategyId, known.newest));
      return isNew ? await work(key, begun, within) : known.parity;
    },
  };
}
