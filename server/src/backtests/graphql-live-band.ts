import type { Builder } from '../graphql/builder.ts';
import type { Enums } from '../graphql/enums.ts';
import type { Money } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { Timeframe } from '../market-data/bar.ts';
import type { Band, BandPoint } from './live-band.ts';
import type { RecordedRun } from './service.ts';

/** A strategy's live result beside what its backtest let it gain in as many bars. */
export interface StrategyBand {
  readonly strategyId: string;
  readonly version: string;
  readonly timeframe: Timeframe;
  /** Why there is no band; `undefined` where there is one. */
  readonly reason: string | undefined;
  /** Close of the first bar that it was asked about. */
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly capital: Money | undefined;
  /** Whole bars since. */
  readonly bars: number;
  /** As a fraction of the capital. */
  readonly gained: number | undefined;
  readonly run: RecordedRun | undefined;
  readonly band: Band | undefined;
  /** When each point of the band is. */
  readonly times: readonly Instant[];
}

/** What the API reads of live results beside backtests. */
export interface BandReads {
  /** `undefined` where there is no such strategy. */
  of(strategyId: string): Promise<StrategyBand | undefined>;
  /** Of every strategy, in the order in which they were created. */
  all(): Promise<readonly StrategyBand[]>;
}

/** A point of a band with its time. */
export interface TimedBandPoint extends BandPoint {
  readonly at: Instant;
}

function pointsOf({ band, times }: StrategyBand): TimedBandPoint[] {
  return (band?.points ?? []).map((point, index) => {
    const at = times[index];
    if (at === undefined) throw new Error(`Invariant: a band of ${times.length} times has no point ${index}`);
    return { ...point, at };
  });
}

function addPoints(builder: Builder): void {
  builder.objectType('StrategyBandPoint', {
    description: 'A bar’s close in a band; the first is the beginning, where nothing is gained yet.',
    fields: (t) => ({
      bar: t.exposeInt('bar', { description: 'Bars since the beginning.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When that bar closed, live.' }),
      gained: t.exposeFloat('gained', { description: 'By the strategy until then, as a fraction of its capital.' }),
      levels: t.floatList({
        description: 'What each of the shares of the stretches stays below, as fractions of capital, in their order.',
        resolve: ({ levels }) => [...levels],
      }),
    }),
  });
}

function addBandType(builder: Builder, enums: Enums): void {
  builder.objectType('StrategyBand', {
    description:
      'What a strategy has gained since it was last switched on or configured, beside stretches of as many bars that draw the returns of its newest backtest anew: same version, parameters, symbols and bars.',
    fields: (t) => ({
      strategyId: t.exposeID('strategyId'),
      version: t.exposeString('version'),
      timeframe: t.expose('timeframe', { type: enums.timeframe }),
      reason: t.exposeString('reason', { nullable: true, description: 'Why there is no band; null where there is one.' }),
      from: t.expose('from', { type: 'DateTime', nullable: true, description: 'Close of the first bar that it was asked about.' }),
      to: t.expose('to', { type: 'DateTime', nullable: true, description: 'Close of the last bar that counts.' }),
      capital: t.expose('capital', {
        type: 'Decimal',
        nullable: true,
        description: 'Its share of the account’s equity when it began, in dollars.',
      }),
      bars: t.exposeInt('bars', { description: 'Whole bars since it began.' }),
      gained: t.exposeFloat('gained', {
        nullable: true,
        description:
          'Until the last bar’s close, as a fraction of the capital: closed and open, after fees, with dividends. Null where it cannot be told.',
      }),
      run: t.expose('run', { type: 'Run', nullable: true, description: 'The backtest whose returns are drawn.' }),
      place: t.field({
        type: enums.bandPlace,
        nullable: true,
        description: 'Where it stands now, by the outermost levels.',
        resolve: ({ band }) => band?.place,
      }),
      percentile: t.float({
        nullable: true,
        description: 'Part of the stretches that gained less, those equal to it counted half.',
        resolve: ({ band }) => band?.percentile,
      }),
      scale: t.float({
        nullable: true,
        description: 'What a return of the backtest counts as one of the strategy’s capital: how large each trades beside its money.',
        resolve: ({ band }) => band?.scale,
      }),
      returns: t.int({
        nullable: true,
        description: 'Returns that are drawn from: of bars of the backtest that begin before the strategy began.',
        resolve: ({ band }) => band?.returns,
      }),
      stretches: t.int({ nullable: true, description: 'How many are drawn.', resolve: ({ band }) => band?.paths }),
      blockLength: t.int({
        nullable: true,
        description: 'Bars that are drawn together, on average.',
        resolve: ({ band }) => band?.blockLength,
      }),
      seed: t.float({ nullable: true, description: 'The backtest’s own.', resolve: ({ band }) => band?.seed }),
      shares: t.floatList({ description: 'From 0 to 1, rising.', resolve: ({ band }) => [...(band?.shares ?? [])] }),
      points: t.field({
        type: ['StrategyBandPoint'],
        description: 'The beginning and at most a hundred bars, the last among them.',
        resolve: (band) => pointsOf(band),
      }),
    }),
  });
}

/** Strategies’ live results beside what was to be expected of them. */
export function addLiveBands(builder: Builder, enums: Enums): void {
  addPoints(builder);
  addBandType(builder, enums);
  builder.queryField('strategyBands', (t) =>
    t.field({
      type: ['StrategyBand'],
      description: 'Of one strategy, or of all in the order in which they were created. Worked out once for each new bar of a strategy.',
      args: { id: t.arg.id({ description: 'Only this one; an unknown one gives an empty list.' }) },
      resolve: async (_root, { id }, { bands }) => {
        if (id === null || id === undefined) return [...(await bands.all())];
        const found = await bands.of(id);
        return found === undefined ? [] : [found];
      },
    }),
  );
}
