import { openStrategyWorker, warmUpOf } from '@tidemark/compute';
import type { Kysely } from 'kysely';
import type { SessionOptions } from '../../engine/session.ts';
import type { BarSlice } from '../../engine/events.ts';
import { barEndsAt } from '../../market-data/bar-end.ts';
import type { Bar } from '../../market-data/bar.ts';
import { TIMEFRAME_MS } from '../../market-data/validate-bar.ts';
import type { Provider } from '../../market-data/provider.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import { versionByHash } from '../../strategies/service.ts';
import type { StrategyVersion } from '../../strategies/service.ts';
import type { StrategyConfig } from '../../strategies/strategy.ts';

/** A strategy that has not answered by then is ended. */
const DEADLINE_MS = 2_000;
/** Averages with a long memory settle within a few of their warm-ups. */
const WARM_UPS = 4;
const BARS_MIN = 100;
/** Calendar time a bar: nights, weekends and holidays lie between. */
const CALENDAR_FACTOR = 1.7;
const INTRADAY_FACTOR = 6;

async function moduleOf(db: Kysely<Database>, { version, name }: StrategyConfig): Promise<StrategyVersion> {
  const found = await versionByHash(db, version);
  if (found === undefined) throw new Error(`the module of ${name}, version ${version.slice(0, 12)}, is not in the database`);
  return found;
}

/** Opens a configured version's module in a thread of its own. */
export const runnersOf =
  (db: Kysely<Database>): SessionOptions['openRunner'] =>
  async (config) => {
    const { module } = await moduleOf(db, config);
    return openStrategyWorker(module, { parameters: config.parameters, symbols: config.symbols, deadlineMs: DEADLINE_MS });
  };

function slicesOf(bars: readonly Bar[], until: Instant): readonly BarSlice[] {
  const byTime = Map.groupBy(bars, (bar) => bar.startAt);
  return [...byTime]
    .toSorted(([left], [right]) => left - right)
    .map(([startAt, slice]): BarSlice => ({
      at: barEndsAt(slice[0]?.timeframe ?? '1Day', startAt),
      bars: slice.toSorted((left, right) => (left.symbol < right.symbol ? -1 : 1)),
    }))
    .filter(({ at }) => at <= until);
}

/** Closed bars before now, from the venue itself: what a module sees before its first decision. */
export const warmUpHistory =
  (db: Kysely<Database>, provider: Provider, now: () => Instant): SessionOptions['history'] =>
  async (config) => {
    const { module } = await moduleOf(db, config);
    const bars = Math.max(BARS_MIN, WARM_UPS * warmUpOf(module, config.parameters));
    const factor = config.timeframe === '1Day' ? CALENDAR_FACTOR : INTRADAY_FACTOR;
    const from = instantFromMs(now() - Math.ceil(bars * factor * TIMEFRAME_MS[config.timeframe]));
    const found: Bar[] = [];
    for await (const page of provider.history({
      symbols: config.symbols,
      timeframe: config.timeframe,
      from,
      to: now(),
      adjustment: 'raw',
    })) {
      found.push(...page.bars);
    }
    return slicesOf(found, now());
  };
