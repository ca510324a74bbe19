import type { BandReads, StrategyBand } from '../../backtests/graphql-live-band.ts';
import type { BandOutcome, LiveGains } from '../../backtests/live-band.ts';
import { liveCurveOf } from '../../backtests/live-curve.ts';
import type { LiveCurve } from '../../backtests/live-curve.ts';
import type { RecordedRun } from '../../backtests/service.ts';
import { capitalOf } from '../../engine/capital.ts';
import type { EngineState, StrategySlot } from '../../engine/state.ts';
import type { Timeframe } from '../../market-data/bar.ts';
import { toNumber } from '../../money/fixed.ts';
import type { TradeReads } from '../../positions/graphql.ts';
import type { StrategyConfig } from '../../strategies/strategy.ts';
import type { SpanReader, TradedSpans } from './traded-spans.ts';

export interface BandParts {
  readonly spans: TradedSpans;
  readonly trades: Pick<TradeReads, 'strategyFills'>;
  readonly state: () => EngineState;
  /** Backtests that are done of this version with these parameters on these symbols, newest first. */
  readonly runs: (config: StrategyConfig) => Promise<readonly RecordedRun[]>;
  /** Of the bars that a run was over. */
  readonly timeframeOf: (runId: string) => Promise<Timeframe | undefined>;
  readonly band: (runId: string, live: LiveGains) => Promise<BandOutcome>;
}

const NOTHING: Pick<StrategyBand, 'reason' | 'from' | 'to' | 'capital' | 'bars' | 'gained' | 'run' | 'band' | 'times'> = {
  reason: undefined,
  from: undefined,
  to: undefined,
  capital: undefined,
  bars: 0,
  gained: undefined,
  run: undefined,
  band: undefined,
  times: [],
};

const about = ({ id: strategyId, version, timeframe }: StrategyConfig): Pick<StrategyBand, 'strategyId' | 'version' | 'timeframe'> => ({
  strategyId,
  version,
  timeframe,
});

async function curveOf(reader: SpanReader, { trades, state }: BandParts): Promise<LiveCurve | { readonly reason: string }> {
  await reader.advance();
  // Read in one turn: what is held must be what these fills have led to.
  const fills = trades.strategyFills();
  const now = state();
  const { config } = reader.begun;
  const own = (await fills).filter(({ strategyId }) => strategyId === config.id);
  return liveCurveOf({
    span: { ...reader.span(), fills: own },
    moves: reader.moves(),
    share: capitalOf(now, config),
    held: now.strategies.get(config.id)?.holdings ?? new Map(),
  });
}

/** The newest backtest of a strategy as it is configured, over bars like its own. */
async function newestRun(config: StrategyConfig, { runs, timeframeOf }: BandParts): Promise<RecordedRun | undefined> {
  for (const run of await runs(config)) if ((await timeframeOf(run.id)) === config.timeframe) return run;
  return undefined;
}

const gainsOf = ({ firstBarAt, capital, steps }: LiveCurve, { allocation, size }: StrategyConfig): LiveGains => ({
  firstBarAt,
  capital: toNumber(capital),
  allocation: toNumber(allocation),
  size,
  gained: steps.map(({ gained }) => gained),
});

/** `1Day` in words. */
const barsOf = (timeframe: Timeframe): string => timeframe.replace(/^(\d+)/, '$1 ').toLowerCase();

/** A run over several symbols cannot be asked for: to say that there is none would send people to make one. */
const noRun = ({ symbols, timeframe }: StrategyConfig): string =>
  symbols.length > 1
    ? `it trades ${symbols.length} symbols, and a backtest from this dashboard is of one: what one symbol gained says nothing of all`
    : `no finished backtest of this version with these parameters on ${symbols.join(', ')}, in bars of ${barsOf(timeframe)}`;

function openBand(parts: BandParts): (reader: SpanReader) => Promise<StrategyBand> {
  const kept = new Map<string, { readonly key: string; readonly outcome: Promise<BandOutcome> }>();
  /** Once for each new bar and each new backtest: a mark between two bars changes nothing of it. */
  const outcomeOf = (id: string, run: string, live: LiveGains): Promise<BandOutcome> => {
    const key = JSON.stringify([run, live.firstBarAt, live.capital, live.gained.length, live.gained.at(-1)]);
    const known = kept.get(id);
    if (known?.key === key) return known.outcome;
    const outcome = parts.band(run, live);
    kept.set(id, { key, outcome });
    // A failure is for whoever asked, and is tried again.
    outcome.catch(() => kept.delete(id));
    return outcome;
  };
  return async (reader) => {
    const { config } = reader.begun;
    const curve = await curveOf(reader, parts);
    if ('reason' in curve) return { ...about(config), ...NOTHING, reason: curve.reason };
    const { from, capital, steps } = curve;
    const live = {
      ...about(config),
      ...NOTHING,
      from,
      capital,
      to: steps.at(-1)?.at,
      bars: steps.length,
      gained: steps.at(-1)?.gained,
    };
    const run = await newestRun(config, parts);
    if (run === undefined) return { ...live, reason: noRun(config) };
    const outcome = await outcomeOf(config.id, run.id, gainsOf(curve, config));
    if ('reason' in outcome) return { ...live, run, reason: outcome.reason };
    const times = outcome.points.map(({ bar }) => (bar === 0 ? from : (steps[bar - 1]?.at ?? from)));
    return { ...live, run, band: outcome, times };
  };
}

/** Live results of strategies beside their backtests. */
export function bandsOf(parts: BandParts): BandReads {
  const band = openBand(parts);
  const bandFor = async ({ config, execution }: StrategySlot): Promise<StrategyBand> => {
    if (execution?.mode === 'shadow')
      return { ...about(config), ...NOTHING, reason: 'it trades in shadow: nothing of it is the account’s' };
    const reader = await parts.spans.of(config.id);
    if (reader === undefined) return { ...about(config), ...NOTHING, reason: 'it was never asked about a bar' };
    return await band(reader);
  };
  return {
    of: async (strategyId) => {
      const slot = parts.state().strategies.get(strategyId);
      return slot === undefined ? undefined : await bandFor(slot);
    },
    all: async () => await Promise.all([...parts.state().strategies.values()].map(bandFor)),
  };
}
