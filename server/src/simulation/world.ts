import { sampleShare } from '../instruments/sample-instrument.ts';
import type { EngineEvent, EngineOptions } from '../engine/events.ts';
import { initialState } from '../engine/initial-state.ts';
import { money, ratio } from '../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../risk/limits.ts';
import type { Limits } from '../risk/limits.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import { answersCheck } from './checks/answers.ts';
import { booksCheck } from './checks/books.ts';
import { agentsCheck } from './checks/agents.ts';
import { peopleCheck } from './checks/people.ts';
import { limitsCheck } from './checks/limits.ts';
import { familiesCheck } from './checks/families.ts';
import { lifeCheck, wireCheck } from './checks/orders.ts';
import type { Sight } from './checks/sight.ts';
import { stopCheck } from './checks/stop.ts';
import { isWatchedDay } from './day.ts';
import type { Day } from './day.ts';
import { strategiesOf } from './deciders.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import { openFeed } from './feed.ts';
import type { Feed } from './feed.ts';
import { openOutside } from './host/outside.ts';
import type { Outside } from './host/outside.ts';
import { openLiveReader } from './live-reader.ts';
import type { LiveReader } from './live-reader.ts';
import { openLives } from './lives.ts';
import type { Lives } from './lives.ts';
import type { Process } from './process.ts';
import { openScheduler } from './scheduler.ts';
import type { Scheduler } from './scheduler.ts';
import { openSnapshotKeeper } from './snapshot-keeper.ts';
import type { OpenStore, SimulatedStore } from './store.ts';
import { Venue } from './venue.ts';
import { openWatch, Violated } from './watch.ts';
import type { Watch } from './watch.ts';
import { restView } from './wire.ts';

const ENGINE: EngineOptions = {
  mode: 'simulated',
  accountId: 'SIM1',
  feeRateEstimate: money('0'),
  collarMarketOrders: true,
  initialTradingState: 'ACTIVE',
};

/** Controls whose figures a short day cannot give (volumes, sectors, value at risk) are off; they have an oracle of their own. */
const { unchecked: _unchecked, ...OPEN_LIMITS } = UNLIMITED;

/** Limits that the day's orders meet now and then. */
export const limitsFor = (dice: Dice): Limits => ({
  ...OPEN_LIMITS,
  orderNotionalUsdMax: DEFAULT_LIMITS.orderNotionalUsdMax,
  orderNotionalRatioMax: DEFAULT_LIMITS.orderNotionalRatioMax,
  grossExposureRatioMax: DEFAULT_LIMITS.grossExposureRatioMax,
  concentrationRatioMax: ratio(dice.pick('concentration', ['0.1', '0.2', '0.5'])),
  priceCollarRatioMax: DEFAULT_LIMITS.priceCollarRatioMax,
  buyingPowerRatioMax: DEFAULT_LIMITS.buyingPowerRatioMax,
  staleDataMsMax: 60_000,
  openPositionsMax: dice.pick('positions', [2, 4, 20]),
  agentApprovalNotionalRatioMax: DEFAULT_LIMITS.agentApprovalNotionalRatioMax,
  orderRateSecondMax: DEFAULT_LIMITS.orderRateSecondMax,
  orderRateMinuteMax: dice.pick('rate', [5, 60]),
  dailyLossHalfRatioMax: DEFAULT_LIMITS.dailyLossHalfRatioMax,
  dailyLossOffRatioMax: ratio(dice.pick('daily loss', ['0.03', '0.005'])),
  drawdownHalfRatioMax: DEFAULT_LIMITS.drawdownHalfRatioMax,
  drawdownReduceRatioMax: DEFAULT_LIMITS.drawdownReduceRatioMax,
  drawdownKillRatioMax: ratio(dice.pick('drawdown', ['0.1', '0.02'])),
});

/** What is played: which session, what goes wrong in it, and how much the account may risk. */
export interface Plan {
  readonly faults: Faults;
  readonly day: Day;
  readonly limits: Limits;
}

/** Everything there is in one run. */
export interface World {
  readonly dice: Dice;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly venue: Venue;
  readonly watch: Watch;
  readonly store: SimulatedStore;
  readonly day: Day;
  readonly feed: Feed;
  readonly lives: Lives;
  readonly outside: Outside;
  readonly reader: LiveReader;
  /** Profit of positions that were closed, by symbol, as the engine told it. */
  readonly closedProfits: ReadonlyMap<string, bigint>;
  /** The process dies in the middle of what it writes next. */
  readonly dieAtNextWrite: () => void;
}

/** On a watched day each strategy begins in a mode of its own. */
function firstSettings(dice: Dice, strategyId: string) {
  const mode = isWatchedDay(dice)
    ? dice.pick(`mode of ${strategyId}`, ['automatic', 'recommend', 'recommend', 'shadow'] as const)
    : 'automatic';
  return mode === 'automatic' ? [] : [{ kind: 'StrategyExecutionSet', strategyId, execution: { mode }, reason: 'the day begins' } as const];
}

/** Instruments and strategies of the day, as far as a process does not know them yet. */
function introduction(
  dice: Dice,
  { session }: Process,
  symbols: readonly string[],
  strategies: readonly StrategyConfig[],
): readonly EngineEvent[] {
  const { now: at, instruments, strategies: known } = session.state();
  const by = 'user:sim';
  return [
    ...symbols
      .filter((symbol) => !instruments.has(symbol))
      .map((symbol) => ({ kind: 'InstrumentListed', at, instrument: sampleShare(symbol) }) as const),
    ...strategies
      .filter(({ id }) => !known.has(id))
      .flatMap((config) => [
        { kind: 'StrategyCreated', at, by, config } as const,
        { kind: 'StrategyEnabled', at, by, strategyId: config.id } as const,
        ...firstSettings(dice, config.id).map((execution) => ({ ...execution, at, by })),
      ]),
  ];
}

const checksOf = (sight: Sight) => [
  wireCheck(sight),
  lifeCheck(sight),
  booksCheck(sight),
  stopCheck(sight),
  limitsCheck(sight),
  answersCheck(sight),
  peopleCheck(),
  agentsCheck(),
  familiesCheck(sight),
];

function counter(): (name: string) => number {
  const counts = new Map<string, number>();
  return (name) => {
    const next = (counts.get(name) ?? 0) + 1;
    counts.set(name, next);
    return next;
  };
}

/** An order to die that the next write of the journal carries out. */
function deathAtNextWrite(crash: () => void) {
  let ordered = false;
  return {
    order: (): void => {
      ordered = true;
    },
    dying: (): boolean => {
      const now = ordered;
      ordered = false;
      return now;
    },
    crash,
  };
}

export function openWorld(dice: Dice, { faults, day, limits }: Plan, openStore: OpenStore): World {
  const scheduler = openScheduler(day.startsAt);
  const number = counter();
  const outside = openOutside();
  const underWay = new Map<string, number>();
  const closedProfits = new Map<string, bigint>();
  const strategies = strategiesOf(dice, day.symbols);
  const venue: Venue = new Venue(
    { dice, faults, scheduler },
    (update) => lives.current()?.stream.tell(update),
    (order) => rest.note(order),
  );
  const rest = restView(venue, scheduler.now);
  const watch = openWatch(
    checksOf({ venue, rest, nowMs: scheduler.now, underWay, closedProfits, session: day.hours, gaps: day.gaps }),
    initialState(ENGINE, limits),
  );
  const death = deathAtNextWrite(() => {
    faults.fired('crash-while-writing', String(Math.round(scheduler.now())));
    lives.crash();
  });
  const broken = (what: string): void => watch.fail(new Violated('store', what));
  const store = openStore({ dice, faults, scheduler, number, outside, broken, dying: death.dying, crash: death.crash });
  const reader = openLiveReader(watch);
  const feed = openFeed({
    dice,
    faults,
    scheduler,
    onMark: (symbol, mark) => lives.current()?.session.onMark(symbol, mark),
    onBars: (bars, closedAt) =>
      void lives
        .current()
        ?.session.onBars(bars, closedAt)
        .catch((error: unknown) => watch.reported('bars', error)),
  });
  const wire = {
    dice,
    faults,
    scheduler,
    venue,
    rest,
    number,
    onSubmit: watch.submitted,
    onCancel: watch.cancelled,
    onAnswer: watch.answered,
    underWay,
  };
  const lives = openLives({
    dice,
    scheduler,
    store,
    watch,
    outside,
    introduction: (process) => introduction(dice, process, day.symbols, strategies),
    options: {
      wire,
      decider: { families: day.families, dice, faults, scheduler },
      scheduler,
      store,
      watch,
      engine: ENGINE,
      limits,
      history: feed.history,
      reader,
      snapshots: openSnapshotKeeper(dice),
      outside: outside.of,
    },
  });
  return { dice, faults, scheduler, venue, watch, store, day, feed, lives, outside, reader, closedProfits, dieAtNextWrite: death.order };
}
