import type { Bar } from '../market-data/bar.ts';
import type { RequestsLeft } from '../market-data/providers/request-budget.ts';
import type { Instant } from '../money/instant.ts';
import type { Journal } from '../journal/journal.ts';
import type { Broker, BrokerStreamListener } from '../orders/broker.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { Limits } from '../risk/limits.ts';
import { previewOrder } from '../risk/order-preview.ts';
import type { RiskPreview } from '../risk/order-preview.ts';
import type { Mark } from '../risk/types.ts';
import type { EngineEvent, EngineOptions } from './events.ts';
import { firstState, openingEntry } from './opening-record.ts';
import { riskContext } from './risk-context.ts';
import type { Report } from './session/background.ts';
import { watchClock } from './session/clock-watch.ts';
import type { SessionClock } from './session/clock.ts';
import type { Latencies } from './session/latencies.ts';
import type { Loop } from './session/loop.ts';
import { openParts } from './session/parts.ts';
import type { SessionParts } from './session/parts.ts';
import { isDifferent } from './session/reconciler.ts';
import { recover, STARTED_AGAIN } from './session/recover.ts';
import type { Recovered, SnapshotPoint } from './session/recover.ts';
import type { OpenRunner, WarmUpHistory } from './session/strategy-runners.ts';
import type { SessionTiming } from './session/timing.ts';
import type { EngineState } from './state.ts';
import type { Step } from './step.ts';

export { SessionHalted } from './session/loop.ts';
export type { SnapshotPoint } from './session/recover.ts';

export interface SessionOptions {
  readonly engine: EngineOptions;
  /** Limits of an account without a record; afterwards the journal knows them. */
  readonly limits: Limits;
  readonly journal: Journal;
  readonly broker: Broker;
  readonly openRunner: OpenRunner;
  readonly history: WarmUpHistory;
  /** The journal's canonical text: what is equal has equal text. */
  readonly canonical: (value: unknown) => string;
  /** What an earlier run has written down of the state that `initial` led to; `undefined` where nothing fits, and without it the journal is read whole. */
  readonly snapshot?: (initial: EngineState) => Promise<SnapshotPoint | undefined>;
  readonly report: Report;
  /** The engine has stopped for good: no order leaves any more. The process should end and start again. */
  readonly onHalt?: (reason: string) => void;
  readonly timing?: Partial<SessionTiming>;
  /** The system's, unless a simulation gives its own. */
  readonly clock?: SessionClock;
}

/** The running engine: the one place where its actions are carried out. */
export interface Session {
  /** The newest durable state. */
  readonly state: () => EngineState;
  /** Resolves when the event and its facts are durable. Rejects with {@link SessionHalted} when the engine has stopped. */
  readonly command: (event: EngineEvent) => Promise<Step>;
  /** Called after each new state; returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  readonly orderPreview: (intent: OrderIntent) => RiskPreview;
  readonly latencies: () => Latencies;
  /** Real milliseconds since the last reconcile that succeeded. */
  readonly reconcileAgeMs: () => number | undefined;
  /** What the broker lets be asked in this minute; `undefined` where it sets no bound. */
  readonly requestsLeft: () => RequestsLeft | undefined;
  /** Why the engine has stopped; `undefined` while it works. */
  readonly halted: () => string | undefined;
  readonly recovered: Pick<Recovered, 'events' | 'problem'>;
  /** One instant's closed bars of one timeframe, in symbol order. */
  readonly onBars: (bars: readonly Bar[], closedAt: Instant) => Promise<void>;
  readonly onBarRefused: (symbol: string, reason: string, raw: string) => Promise<void>;
  readonly onMark: (symbol: string, mark: Mark) => void;
  /** The feed is back after it was away: bars that closed until now may be missing, and every strategy's module is fed them before it is asked again. */
  readonly onFeedRestored: (at: Instant) => void;
  /** Venue time as the broker's clock or a stream tells it. */
  readonly onTime: (at: Instant) => void;
  /** Connects to the broker, reconciles, and begins to trade. Entries are denied before. */
  readonly start: () => Promise<void>;
  /** Takes nothing more, finishes what is under way, and writes it down. The journal stays open. */
  readonly close: () => Promise<void>;
}

/** Reads the journal, rebuilds the state and the strategies' modules, and answers queries at once. Trading begins with `start`. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { broker, engine } = options;
  const { journal } = options;
  const [first] = await journal.read(0, 1);
  const initial = firstState(first, options);
  const recovered = await recover(journal, initial, options.canonical, await options.snapshot?.(initial));
  if (first === undefined) await journal.append([openingEntry(options)]);
  const parts = openParts(options, recovered.state);
  const { loop, market, runners, reconciler, background, barClock, latencies } = parts;
  let stopListening: (() => Promise<void>) | undefined;
  await announceStart(loop, recovered);
  for (const { state, config } of loop.state().strategies.values()) {
    if (state === 'paper' || state === 'live') runners.rebuild(config, recovered.lives.of(config.id));
  }
  return {
    state: loop.state,
    command: commandDoor(parts, options.report),
    onChange: loop.onChange,
    orderPreview: (intent) => previewOrder(intent, riskContext(loop.state()), { collarMarketOrders: engine.collarMarketOrders }),
    latencies: latencies.read,
    reconcileAgeMs: reconciler.ageMs,
    requestsLeft: () => broker.requestsLeft?.(),
    halted: loop.halted,
    recovered,
    onBars: async (bars, closedAt) => {
      barClock.arrived(closedAt);
      await market.onBars(bars, closedAt);
    },
    onBarRefused: market.onBarRefused,
    onMark: market.onMark,
    onFeedRestored: runners.catchUp,
    onTime: market.noteTime,
    start: async () => {
      stopListening = await broker.listen(brokerListener(parts));
      reconciler.start();
      watchClock({ broker, loop: () => loop, background, timing: parts.timing, noteTime: market.noteTime });
    },
    close: async () => {
      await stopListening?.();
      await runners.close();
      await background.close();
      await loop.drain();
    },
  };
}

/** A new process has no stream yet: what was reconciled before counts no more. A record that does not confirm itself halts. */
async function announceStart(loop: Loop, { events, problem, state }: Recovered): Promise<void> {
  if (problem !== undefined) await loop.dispatch({ kind: 'StateUnreadable', at: state.now, reason: problem });
  if (events > 0) await loop.dispatch({ kind: 'BrokerDisconnected', at: loop.state().now, reason: STARTED_AGAIN });
}

/** People take over what the broker holds only as it is now: it is asked once more. Where it does not answer, the engine refuses for want of it. */
async function lookAgain({ loop, reconciler }: SessionParts, report: Report): Promise<void> {
  if (!isDifferent(loop.state())) return;
  try {
    await reconciler.look();
  } catch (error) {
    report('look at the broker’s positions and cash before they are accepted', error);
  }
}

/** Commands of people and programs: prices that wait are taken first, and strategies' modules follow their switches. */
function commandDoor(parts: SessionParts, report: Report): Session['command'] {
  const { loop, market, runners } = parts;
  return async (event) => {
    if (event.kind === 'OrderRequested' || event.kind === 'OrderProposed') market.flush([event.intent.symbol]);
    if (event.kind === 'KillSwitchReleased' || event.kind === 'ChangeApproved') await lookAgain(parts, report);
    const done = await loop.dispatch(event);
    for (const effect of done.effects) {
      if (effect.kind !== 'StrategyChanged') continue;
      const { config, state } = effect.strategy;
      const enabled = state === 'paper' || state === 'live';
      if (event.kind === 'StrategyEnabled' || (event.kind === 'StrategyConfigured' && enabled)) runners.enable(config);
      if (event.kind === 'StrategyDisabled') runners.disable(config.id);
    }
    return done;
  };
}

/** The order stream's messages as events, in the order in which they came. */
function brokerListener({ loop, background, market, reconciler, stream }: SessionParts): BrokerStreamListener {
  const send = (what: string, event: EngineEvent): void => background.run(what, async () => void (await loop.dispatch(event)));
  return {
    onUpdate: (update) => {
      market.noteTime(update.order.updatedAt);
      send(`take an order update (${update.event})`, { kind: 'OrderUpdated', at: update.order.updatedAt, update });
      // A fill moves cash and buying power: the broker's figures are fetched soon.
      if (update.execution !== undefined) reconciler.request(AFTER_FILL_MS);
    },
    onConnected: () => {
      stream.connected = true;
      send('note the connection', { kind: 'BrokerConnected', at: loop.state().now });
    },
    onDisconnected: (reason) => {
      stream.connected = false;
      const { brokerConnected, alerts, now } = loop.state();
      // Each further try that fails says nothing new.
      if (!brokerConnected && alerts.has('Disconnected-broker')) return;
      send('note the disconnection', { kind: 'BrokerDisconnected', at: now, reason });
    },
    // What it is is read from the broker's lists, with everything else.
    onActivity: () => reconciler.request(AFTER_FILL_MS),
    onNotice: (notice) => {
      // The end of something that was never told is no news.
      if (notice.over === true && !loop.state().alerts.has(`${notice.code}-${notice.subject}`)) return;
      send('note what the adapter noticed', { kind: 'NoticeGiven', at: loop.state().now, notice });
    },
  };
}

const AFTER_FILL_MS = 250;
