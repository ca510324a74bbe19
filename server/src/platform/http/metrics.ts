import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { AlertSeverity } from '../../engine/effects.ts';
import type { EngineState } from '../../engine/state.ts';
import { openOrders } from '../../engine/turn.ts';
import type { Capabilities } from '../../graphql/context.ts';
import type { HealthState } from '../../graphql/enums.ts';
import type { RateLimit } from '../../graphql/rate-limits.ts';
import { toNumber } from '../../money/fixed.ts';
import { TRADING_STATES } from '../../risk/types.ts';
import type { Health } from '../graphql.ts';

/** What monitors scrape and ask. */
export interface Metrics {
  readonly contentType: string;
  /** Everything, in the text format of Prometheus. Times are in seconds, money in dollars. */
  read(): Promise<string>;
  /** Those of its own parts that are down: while there are any, this server can neither trade nor answer. That a broker or a feed is away is no reason to ask another one. */
  partsDown(): Promise<readonly string[]>;
  /** Counts an operation of somebody who asked for too much. */
  readonly refused: (limit: RateLimit) => void;
}

const HEALTH: Readonly<Record<HealthState, number>> = { ok: 1, degraded: 0.5, down: 0 };
const SEVERITIES: readonly AlertSeverity[] = ['info', 'warning', 'critical'];
const OWN_PARTS: ReadonlySet<string> = new Set(['engine', 'database', 'journal', 'following']);
const REFUSING: readonly RateLimit[] = ['operations', 'cost'];
const MS = 1_000;
/** Anybody may ask whether the server is ready: it finds out once in this time. */
const ANSWER_MS = 1_000;

/** Of the process: one for all servers in it, since each watches the event loop for as long as it lives. */
let ofProcess: Registry | undefined;
function processRegistry(): Registry {
  if (ofProcess !== undefined) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return ofProcess;
}

type Sources = Pick<Capabilities, 'session' | 'health'>;

export function openMetrics({ session, health }: Sources, socketCount: () => number): Metrics {
  const registry = new Registry();
  const gauge = <L extends string>(name: string, help: string, ...labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name: `tidemark_${name}`, help, labelNames, registers: [registry] });
  const parts = gauge('part_health', 'How each part of the server is: 1 well, 0.5 degraded, 0 down', 'part');
  const latency = gauge('latency_seconds', 'Percentiles of a part’s newest delays', 'part', 'quantile');
  const info = gauge('info', 'The version that runs', 'version');
  const entries = gauge('journal_entries', 'Entries of the journal');
  const reconciledAt = gauge('reconciled_timestamp_seconds', 'When our books equalled the broker’s last');
  const trading = gauge('trading_state', '1 for the trading state that is in force', 'state');
  const orders = gauge('open_orders', 'Orders that are not over, by their state', 'state');
  const positions = gauge('open_positions', 'Symbols that the account holds');
  const equity = gauge('equity_dollars', 'Equity of the account');
  const alerts = gauge('open_alerts', 'Alerts that are not over', 'severity');
  const sockets = gauge('open_sockets', 'WebSockets of the API');

  const refused = new Counter({
    name: 'tidemark_operations_refused_total',
    help: 'Operations of principals who asked for more than their limit, by limit',
    labelNames: ['limit'],
    registers: [registry],
  });
  for (const limit of REFUSING) refused.inc({ limit }, 0);

  const takeHealth = (now: Health): void => {
    info.set({ version: now.version }, 1);
    entries.set(now.seq);
    if (now.lastReconciledAt !== undefined) reconciledAt.set(now.lastReconciledAt / MS);
    for (const { name, state, p50Ms, p99Ms } of now.parts) {
      parts.set({ part: name }, HEALTH[state]);
      if (p50Ms !== undefined) latency.set({ part: name, quantile: '0.5' }, p50Ms / MS);
      if (p99Ms !== undefined) latency.set({ part: name, quantile: '0.99' }, p99Ms / MS);
    }
  };
  const takeState = (state: EngineState): void => {
    for (const each of TRADING_STATES) trading.set({ state: each }, Number(each === state.tradingState));
    orders.reset();
    for (const order of openOrders(state)) orders.inc({ state: order.state });
    positions.set(state.positions.size);
    if (state.equity !== undefined) equity.set(toNumber(state.equity.equity));
    for (const severity of SEVERITIES) alerts.set({ severity }, 0);
    for (const { severity } of state.alerts.values()) alerts.inc({ severity });
  };
  const ownPartsDown = async (): Promise<readonly string[]> => {
    const { parts: all, engine } = await health.read();
    // An engine in another process is no part of this one, which goes on answering without it.
    const isOwn = (name: string): boolean => OWN_PARTS.has(name) && (name !== 'engine' || engine.standing === 'here');
    return all.filter(({ name, state }) => state === 'down' && isOwn(name)).map(({ name }) => name);
  };
  let asked: { readonly at: number; readonly answer: Promise<readonly string[]> } | undefined;
  return {
    contentType: registry.contentType,
    refused: (limit) => refused.inc({ limit }),
    read: async () => {
      takeHealth(await health.read());
      takeState(session.state());
      sockets.set(socketCount());
      return await Registry.merge([registry, processRegistry()]).metrics();
    },
    partsDown: () => {
      const now = performance.now();
      if (asked === undefined || now - asked.at > ANSWER_MS) asked = { at: now, answer: ownPartsDown() };
      return asked.answer;
    },
  };
}
