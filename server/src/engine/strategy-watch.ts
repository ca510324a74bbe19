import { worthOf } from '../instruments/worth.ts';
import type { Money, Ratio } from '../money/fixed.ts';
import { add, scale, ZERO_MONEY } from '../money/money.ts';
import type { Instant } from '../money/instant.ts';
import type { Order } from '../orders/order.ts';
import { resultOf } from '../positions/owner-results.ts';
import { within } from '../risk/activity.ts';
import type { Brake } from '../risk/brakes.ts';
import { modelDrift } from '../risk/breakers/model-drift.ts';
import { rejects, withOutcome } from '../risk/breakers/rejects.ts';
import type { OrderOutcome } from '../risk/breakers/rejects.ts';
import { slippage, slippageOf, withSlippage } from '../risk/breakers/slippage.ts';
import { recentStops, stopCluster } from '../risk/breakers/stop-cluster.ts';
import { strategyDailyLoss } from '../risk/breakers/strategy-daily-loss.ts';
import { strategyDrawdown } from '../risk/breakers/strategy-drawdown.ts';
import type { Verdict } from '../risk/breakers/verdict.ts';
import { limitsFor } from '../risk/layers.ts';
import type { Limits } from '../risk/limits.ts';
import type { OrderExecution } from './booking.ts';
import { capitalOf } from './capital.ts';
import { effectOf, liftBrake, putBrake } from './brakes.ts';
import type { EventOf } from './events.ts';
import type { EngineState, StrategySlot } from './state.ts';
import { pauseStrategy } from './strategy-pause.ts';
import { change, closeAlert, raise, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** What the breakers of one strategy remember. */
export interface StrategyWatch {
  /** What it was allotted when the session began; its equity is this and what it has made. */
  readonly capital: Money;
  /** Profit and loss at its highest, at a bar's close, and when the session began. */
  readonly highestPnl: Money;
  readonly sessionPnl: Money;
  /** Bars that it has seen, and in which of them a trade was stopped out. */
  readonly bars: number;
  readonly stops: readonly number[];
  readonly outcomes: readonly OrderOutcome[];
  readonly slippages: readonly Ratio[];
  /** When its orders came too fast. */
  readonly rateTrips: readonly Instant[];
}

const NOTHING_SEEN: StrategyWatch = {
  capital: ZERO_MONEY,
  highestPnl: ZERO_MONEY,
  sessionPnl: ZERO_MONEY,
  bars: 0,
  stops: [],
  outcomes: [],
  slippages: [],
  rateTrips: [],
};

const RATE_TRIPS_MAX = 3;
const RATE_TRIPS_MS = 600_000;

/** A strategy that is seen for the first time is measured from what it is allotted now. */
function watchOf(state: EngineState, strategyId: string): StrategyWatch {
  const known = state.watches.get(strategyId);
  const slot = state.strategies.get(strategyId);
  return known ?? (slot === undefined ? NOTHING_SEEN : { ...NOTHING_SEEN, capital: allotted(state, slot) });
}

function note(turn: Turn, strategyId: string, patch: Partial<StrategyWatch>): StrategyWatch {
  const watch = { ...watchOf(turn.state, strategyId), ...patch };
  change(turn, { watches: withEntry(turn.state.watches, strategyId, watch) });
  return watch;
}

const limitsOf = ({ limits, layers, strategies }: EngineState, strategyId: string): Limits =>
  limitsFor(limits, layers, { kind: 'strategy', strategyId, version: strategies.get(strategyId)?.config.version ?? '' });

function trip(turn: Turn, strategyId: string, code: Brake['code'], verdict: Verdict): void {
  if (verdict.effect === 'none') return;
  const scope = { kind: 'strategy', strategyId } as const;
  const pauses = verdict.effect === 'pause';
  putBrake(turn, {
    code,
    scope,
    effect: effectOf(verdict),
    because: verdict.because,
    reset: pauses || code === 'ModelDrift' ? 'person' : 'automatic',
  });
  const slot = turn.state.strategies.get(strategyId);
  if (pauses && slot !== undefined && slot.state !== 'paused') pauseStrategy(turn, slot, `${code}: ${verdict.because}`);
}

/** What a strategy has made: all that moved its money, and what it holds at the marks. */
export function pnlOf(state: EngineState, { config, holdings, entryPrices }: StrategySlot): Money {
  const { flow, income, charges } = resultOf(state.results, config.id);
  let pnl = add(flow, add(income, charges));
  for (const [symbol, units] of holdings) {
    const price = state.marks.get(symbol)?.price ?? entryPrices.get(symbol);
    if (price !== undefined) pnl = add(pnl, worthOf(symbol, units, price));
  }
  return pnl;
}

const allotted = (state: EngineState, { config }: StrategySlot): Money =>
  scale(state.sessionStartEquity ?? state.equity?.equity ?? ZERO_MONEY, capitalOf(state, config));

/** Mark a strategy's own equity; its high-water mark moves at bars alone. */
export function markStrategy(turn: Turn, slot: StrategySlot, atBar: boolean): void {
  const { id } = slot.config;
  const known = turn.state.watches.get(id);
  if (known === undefined) return;
  const pnl = pnlOf(turn.state, slot);
  const highestPnl = atBar && pnl > known.highestPnl ? pnl : known.highestPnl;
  if (highestPnl !== known.highestPnl) note(turn, id, { highestPnl });
  const limits = limitsOf(turn.state, id);
  const { capital, sessionPnl } = known;
  trip(turn, id, 'StrategyDrawdown', strategyDrawdown(add(capital, pnl), add(capital, highestPnl), limits));
  trip(turn, id, 'StrategyDailyLoss', strategyDailyLoss(add(capital, pnl), add(capital, sessionPnl), capital, limits));
}

/** Mark the strategies that hold any of these symbols. */
export function markStrategiesOf(turn: Turn, symbols: ReadonlySet<string>, atBar: boolean): void {
  for (const slot of turn.state.strategies.values()) {
    if (slot.holdings.keys().some((symbol) => symbols.has(symbol))) markStrategy(turn, slot, atBar);
  }
}

/** A bar of the strategy's: stops grow old by bars. */
export function countBar(turn: Turn, slot: StrategySlot): void {
  const { id } = slot.config;
  const known = turn.state.watches.get(id);
  if (known === undefined) return;
  const bars = known.bars + 1;
  note(turn, id, { bars, stops: recentStops(known.stops, bars) });
  if (stopCluster(known.stops, bars, limitsOf(turn.state, id)).effect === 'none')
    liftBrake(turn, { code: 'StopCluster', scope: { kind: 'strategy', strategyId: id } }, 'engine', 'four bars have passed');
}

/** A new session: its result is counted anew, and what was off for the last is on again. */
export function openStrategySession(turn: Turn): void {
  for (const slot of turn.state.strategies.values()) {
    const { id } = slot.config;
    liftBrake(turn, { code: 'StrategyDailyLoss', scope: { kind: 'strategy', strategyId: id } }, 'engine', 'a new session');
    const known = turn.state.watches.get(id);
    if (known === undefined) continue;
    note(turn, id, { capital: allotted(turn.state, slot), sessionPnl: pnlOf(turn.state, slot) });
  }
}

/** A strategy that trades for the first time gets a watch. */
export function watchFill(turn: Turn, order: Order, { price }: OrderExecution): void {
  const { origin } = order.intent;
  if (origin.kind !== 'strategy') return;
  if (!turn.state.strategies.has(origin.strategyId)) return;
  if (!turn.state.watches.has(origin.strategyId)) note(turn, origin.strategyId, {});
  watchSlippage(turn, order, price);
}

/** Measured where the order could trade at once: what waited for an opening has seen another market. */
function watchSlippage(turn: Turn, { intent, arrivalPrice, sentAt }: Order, paid: OrderExecution['price']): void {
  const { sessionOpenedAt } = turn.state;
  const waited = sentAt === undefined || sessionOpenedAt === undefined || sentAt < sessionOpenedAt;
  const isStop = intent.stopPrice !== undefined;
  if (intent.origin.kind !== 'strategy' || arrivalPrice === undefined || arrivalPrice <= 0n || waited || isStop) return;
  const { strategyId } = intent.origin;
  const { slippages } = note(turn, strategyId, {
    slippages: withSlippage(watchOf(turn.state, strategyId).slippages, slippageOf(intent.side, paid, arrivalPrice)),
  });
  trip(turn, strategyId, 'Slippage', slippage(slippages, limitsOf(turn.state, strategyId)));
}

/** The end of an order: a stop that has filled was a trade stopped out. */
export function watchEnd(turn: Turn, { intent, state }: Order): void {
  if (intent.origin.kind !== 'strategy' || intent.stopPrice === undefined || state !== 'filled') return;
  const { strategyId } = intent.origin;
  const held = turn.state.strategies.get(strategyId)?.holdings.get(intent.symbol) ?? 0n;
  // A stop that opened or added leaves a position on its own side.
  if (intent.side === 'buy' ? held > 0n : held < 0n) return;
  const known = watchOf(turn.state, strategyId);
  const { stops } = note(turn, strategyId, { stops: [...recentStops(known.stops, known.bars), known.bars] });
  trip(turn, strategyId, 'StopCluster', stopCluster(stops, known.bars, limitsOf(turn.state, strategyId)));
}

/** The broker has taken or rejected an order. */
export function watchOutcome(turn: Turn, { id, intent }: Order, rejected: boolean): void {
  if (intent.origin.kind !== 'strategy') return;
  const { strategyId } = intent.origin;
  const outcome = { orderId: id, at: turn.state.now, rejected };
  const { outcomes } = note(turn, strategyId, { outcomes: withOutcome(watchOf(turn.state, strategyId).outcomes, outcome) });
  if (rejected) trip(turn, strategyId, 'Rejects', rejects(outcomes, turn.state.now, limitsOf(turn.state, strategyId)));
}

/** A denial for coming too fast, or too often: the third in ten minutes, or the first, pauses. */
export function watchDenial(turn: Turn, { intent, decision }: Order): void {
  if (intent.origin.kind !== 'strategy') return;
  const { strategyId } = intent.origin;
  const of = (code: string) => decision.denials.find((denial) => denial.code === code);
  const repeated = of('RepeatedExecution');
  if (repeated !== undefined) trip(turn, strategyId, 'RepeatedExecution', { effect: 'pause', because: repeated.message });
  const fast = of('OrderRate');
  if (fast === undefined) return;
  const { now } = turn.state;
  const recent = watchOf(turn.state, strategyId).rateTrips.filter((at) => within(at, now, RATE_TRIPS_MS));
  const { rateTrips } = note(turn, strategyId, { rateTrips: [...recent, now].slice(-RATE_TRIPS_MAX) });
  if (rateTrips.length >= RATE_TRIPS_MAX) trip(turn, strategyId, 'OrderRate', { effect: 'pause', because: fast.message });
}

/** Health of a model, from 0 to 100, below which people are told. At half of what pauses by default, so that they hear of it before. */
export const MODEL_HEALTH_MIN = 50;

export function modelDriftMeasured(turn: Turn, event: EventOf<'ModelDriftMeasured'>): void {
  const { strategyId, stabilityIndex } = event;
  const slot = turn.state.strategies.get(strategyId);
  if (slot === undefined) return;
  tellHealth(turn, slot, event);
  trip(turn, strategyId, 'ModelDrift', modelDrift(stabilityIndex, limitsOf(turn.state, strategyId)));
}

function tellHealth(turn: Turn, { config }: StrategySlot, { health, worst, modelId = '' }: EventOf<'ModelDriftMeasured'>): void {
  if (health === undefined) return;
  if (health >= MODEL_HEALTH_MIN) return closeAlert(turn, `ModelHealth-${config.id}`, 'engine');
  const title = `The model of ${config.name} has drifted`;
  const detail = `Model ${modelId.slice(0, 12)} has a health of ${health.toFixed(1)} of 100, by ${worst ?? 'its output'}: look at its drift, and validate it again.`;
  raise(turn, 'ModelHealth', config.id, 'warning', title, detail);
}

/** A person lets a brake go: what had tripped it is forgotten, else it would trip again at once. */
export function forgetTrip(turn: Turn, { code, scope }: Brake): void {
  if (scope.kind !== 'strategy') return;
  const { strategyId } = scope;
  const slot = turn.state.strategies.get(strategyId);
  const known = turn.state.watches.get(strategyId);
  if (code === 'RepeatedExecution') {
    const executed = turn.state.activity.executed.filter((each) => each.strategyId !== strategyId);
    change(turn, { activity: { ...turn.state.activity, executed } });
  }
  if (slot === undefined || known === undefined) return;
  const forgotten: Partial<Record<Brake['code'], Partial<StrategyWatch>>> = {
    StrategyDrawdown: { highestPnl: pnlOf(turn.state, slot) },
    Rejects: { outcomes: [] },
    Slippage: { slippages: [] },
    OrderRate: { rateTrips: [] },
    StopCluster: { stops: [] },
  };
  note(turn, strategyId, forgotten[code] ?? {});
}
