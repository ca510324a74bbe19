import { driftReference, openWatchedWorker, predictAny } from '@tidemark/compute/models';
import type { AnyModel, DriftReference } from '@tidemark/compute/models';
import { modelModule } from '../../../../compute/host/model-strategies/cached-module.ts';
import { encodeAny, modelId } from '../../../../compute/host/model-strategies/any-model.ts';
import { carriedSource } from '../../../../compute/host/model-strategies/carried-source.ts';
import type { LinearModel } from '../../../../compute/host/models/model.ts';
import { openStrategy } from '../../../../compute/host/strategy.ts';
import type { StrategyModule } from '../../../../compute/host/types.ts';
import { firstState } from '../../engine/opening-record.ts';
import type { StrategyRunner } from '../../engine/session/strategy-runners.ts';
import { STRATEGY } from '../../engine/test/desk.ts';
import { ALDER, ENGINE, eventually, openWorld, quiet } from '../../engine/test/session-world.ts';
import type { World } from '../../engine/test/session-world.ts';
import { encode } from '../../journal/codec.ts';
import { MACHINE_TIMERS } from '../../market-data/providers/timers.ts';
import { openPast } from '../../platform/past/past.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import type { Limits } from '../../risk/limits.ts';
import type { StrategyConfig } from '../../strategies/strategy.ts';
import type { CarriedModel } from '../prediction.ts';
import { startPredictionWatch } from '../watch-service.ts';
import type { PredictionWatch, WatchOptions } from '../watch-service.ts';

/** score = ln(close/open): the bar says the probability itself. A gap so wide that its standardised value is infinite makes it no number: 0 · ∞. */
const LINEAR: LinearModel = {
  kind: 'logistic',
  features: ['body@2', 'gap@2'],
  parameters: { penalty: 1 },
  rows: 200,
  standardisation: { means: [0, 0], deviations: [1, 1e-308] },
  coefficients: [1, 0],
  intercept: 0,
  calibration: null,
};
export const MODEL: AnyModel = { form: 'linear', model: LINEAR };
export const MODEL_ID = modelId(encodeAny(MODEL));
export const WINDOW = 10;

/** Probabilities of ordinary days, as if drawn from 0.4 to 0.6. */
export const said = (day: number): number => 0.4 + 0.2 * (((day + 1) * 0.618_033_988_749_895) % 1);
const bodyOf = (probability: number): number => Math.log(probability / (1 - probability));

/** Of 400 ordinary days without gaps. */
export function ordinaryReference(): DriftReference {
  const bodies = Float64Array.from({ length: 400 }, (_, day) => bodyOf(said(day)));
  const predictions = bodies.map((body) => predictAny(MODEL, Float64Array.of(body, 0)));
  const features = [
    { name: 'body@2', values: bodies },
    { name: 'gap@2', values: new Float64Array(400) },
  ];
  return driftReference(features, predictions, { task: 'classes', error: Math.LN2, window: WINDOW });
}

export const openModule = (): Promise<StrategyModule> =>
  modelModule({ strategy: 'ml-direction', carried: carriedSource({ model: MODEL, horizon: 1 }) });

export interface ModelWorld {
  readonly world: World;
  readonly config: StrategyConfig;
  readonly carried: CarriedModel;
  readonly reports: string[];
  /** A day whose bar opens where the day before closed, or `gap` times as high, and says this probability. */
  readonly day: (probability: number, gap?: number) => Promise<void>;
  watch: PredictionWatch;
  /** Until all of the journal was gone through, and nothing more comes of it. */
  readonly followed: () => Promise<void>;
  readonly stopWatch: () => Promise<void>;
  readonly startWatch: () => void;
  readonly close: () => Promise<void>;
}

export interface ModelWorldOptions {
  readonly database: TestDatabase;
  readonly module: StrategyModule;
  readonly limits: Limits;
  readonly id?: string;
  readonly reference?: DriftReference | undefined;
  /** What lies between the module and the engine. */
  readonly altered?: (runner: StrategyRunner) => StrategyRunner;
  /** What the watch is opened with in place of what it would be. */
  readonly watched?: (usual: WatchOptions) => WatchOptions;
}

/** A session whose strategy decides by a model, and the watch beside it: real parts, except for the venue. */
export async function openModelWorld({
  database,
  module,
  limits,
  id = 'mind',
  altered = (runner) => runner,
  watched = (usual) => usual,
  ...options
}: ModelWorldOptions): Promise<ModelWorld> {
  const config: StrategyConfig = { ...STRATEGY, id, name: 'Mind', source: 'ml-direction', version: module.version };
  const carried: CarriedModel = {
    id: MODEL_ID,
    module,
    bytes: encodeAny(MODEL),
    label: { kind: 'fixed-horizon', horizon: 1, target: 'direction' },
    reference: 'reference' in options ? options.reference : ordinaryReference(),
  };
  const world = await openWorld({
    limits,
    openRunner: async ({ parameters, symbols }) => {
      const opened = openStrategy(module, { parameters, symbols });
      const runner = {
        onBars: async (slice: Parameters<StrategyRunner['onBars']>[0]) => await Promise.resolve(opened.onBars(slice)),
        close: () => Promise.resolve(),
      };
      return await Promise.resolve(altered(runner));
    },
  });
  const at = world.session.state().now;
  await world.session.command({ kind: 'InstrumentListed', at, instrument: ALDER });
  await world.session.command({ kind: 'StrategyCreated', at, by: 'test', config });
  await world.session.command({ kind: 'StrategyEnabled', at, by: 'test', strategyId: id });
  await quiet(world);
  const reports: string[] = [];
  const initial = firstState((await world.journal.read(0, 1))[0], { engine: ENGINE, limits });
  const past = openPast({ place: { kind: 'files', dir: world.dir }, initial, onWarning: (message) => reports.push(message) });
  const start = (): PredictionWatch =>
    startPredictionWatch(
      watched({
        db: database.db,
        journal: world.journal,
        past,
        modelOf: (version) => Promise.resolve(version === module.version ? carried : undefined),
        openWatched: ({ parameters, symbols }, model) =>
          openWatchedWorker(model.module, { parameters, symbols, deadlineMs: 30_000 }, model.bytes),
        command: (event) => world.session.command(event),
        now: () => world.session.state().now,
        canonical: encode,
        timers: MACHINE_TIMERS,
        report: (what, error) => reports.push(`${what}: ${String(error)}`),
      }),
    );
  let close = 100;
  const made: ModelWorld = {
    world,
    config,
    carried,
    reports,
    watch: start(),
    day: async (probability, gap = 1) => {
      const open = close * gap;
      close = open * Math.exp(bodyOf(probability));
      await world.day(open, close);
    },
    followed: async () => {
      await eventually(() => {
        if (reports.length > 0) throw new Error(reports.join('\n'));
        if (made.watch.doneSeq() !== world.journal.head().seq) throw new Error('the watch is behind');
      });
      await quiet(world);
    },
    stopWatch: () => made.watch.close(),
    startWatch: () => {
      made.watch = start();
    },
    close: async () => {
      await made.watch.close();
      await past.close();
      await world.close();
    },
  };
  return made;
}
