import { runBacktestInWorker } from '@tidemark/compute';
import type { StrategyModule } from '@tidemark/compute/types';
import { GraphQLError } from 'graphql';
import type { ParityReads } from '../../backtests/graphql-parity.ts';
import { compareWithBacktest } from '../../backtests/strategy-parity.ts';
import type { StrategyParity } from '../../backtests/strategy-parity.ts';
import { requestFor } from '../../backtests/traded-span.ts';
import { encode } from '../../journal/codec.ts';
import type { TradeReads } from '../../positions/graphql.ts';
import type { SpanReader, TradedSpans } from './traded-spans.ts';

export interface ParityParts {
  readonly spans: TradedSpans;
  readonly trades: Pick<TradeReads, 'strategyFills'>;
  readonly module: (version: string) => Promise<StrategyModule | undefined>;
}

type Within = Parameters<ParityReads['of']>[1];

const unavailable = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'UNAVAILABLE', http: { status: 503 } } });

const DEADLINE_MS = 30_000;
/** Bars of one comparison: all of them are gone through again. */
const BARS_MAX = 100_000;
/** Parts of a strategy's trading whose comparison stays at hand. */
const KEPT = 4;

async function compared(reader: SpanReader, { trades, module: moduleOf }: ParityParts, within: Within): Promise<StrategyParity> {
  const { config } = reader.begun;
  const module = await moduleOf(config.version);
  if (module === undefined)
    throw unavailable(`The module of ${config.name}, version ${config.version.slice(0, 12)}, is not in the database.`);
  const known = reader.span();
  if (known.asked.length > BARS_MAX)
    throw unavailable(`${config.name} has traded over more than ${BARS_MAX} bars: tidemark replay decides those again.`);
  const first = known.asked[0]?.at ?? 0;
  const fills = (await trades.strategyFills()).filter(({ strategyId, filledAt }) => strategyId === config.id && filledAt >= first);
  const span = { ...known, fills };
  try {
    const result = await runBacktestInWorker(requestFor(span, module), { deadlineMs: DEADLINE_MS });
    return compareWithBacktest(span, result, encode, within);
  } catch (error) {
    if (error instanceof Error && (error.name === 'StrategyTrap' || error.name === 'ParameterError'))
      throw unavailable(`The backtest of ${config.name} failed: ${error.message}`);
    throw error;
  }
}

/** The comparisons of one strategy since it began: each is worked out once for each new decision. */
interface Desk {
  readonly reader: SpanReader;
  readonly of: (within: Within) => Promise<StrategyParity>;
}

function openDesk(reader: SpanReader, parts: ParityParts): Desk {
  const kept = new Map<string, StrategyParity>();
  const running = new Map<string, Promise<StrategyParity>>();
  let seen = 0;
  const work = async (key: string, within: Within): Promise<StrategyParity> => {
    try {
      const decisions = await reader.advance();
      if (decisions !== seen) kept.clear();
      seen = decisions;
      const known = kept.get(key) ?? (await compared(reader, parts, within));
      kept.delete(key);
      kept.set(key, known);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return known;
    } finally {
      running.delete(key);
    }
  };
  return {
    reader,
    // Who asks while one is worked out gets that one, though a bar may have closed since: bars of a replayed venue come faster than a slow machine compares.
    of: (within) => {
      const key = `${within.from ?? ''} ${within.to ?? ''}`;
      const found = running.get(key) ?? work(key, within);
      running.set(key, found);
      return found;
    },
  };
}

export function parityOf(parts: ParityParts): ParityReads {
  const desks = new Map<string, Desk>();
  return {
    of: async (strategyId, within) => {
      const reader = await parts.spans.of(strategyId);
      if (reader === undefined) return undefined;
      const known = desks.get(strategyId);
      const desk = known?.reader === reader ? known : openDesk(reader, parts);
      desks.set(strategyId, desk);
      return await desk.of(within);
    },
  };
}
