import { worthOf } from '../instruments/worth.ts';
import type { Quantity } from '../money/fixed.ts';
import { subtract, ZERO_MONEY } from '../money/money.ts';
import type { Instant } from '../money/instant.ts';
import { mayMove, release } from '../risk/trading-state.ts';
import type { TradingState } from '../risk/types.ts';
import { acceptProblem } from './accepting.ts';
import { acceptCash } from './activities.ts';
import { bookOnAccount } from './booking.ts';
import { noteAccepted } from './option-settlement.ts';
import { acceptBrokersCash, isCashFound } from './cash-reconcile.ts';
import { closeGate } from './close-gate.ts';
import { markEquity } from './equity.ts';
import type { EventOf, KillAction } from './events.ts';
import { flattenAll } from './flattening.ts';
import type { EngineState } from './state.ts';
import { change, closeAlert, emit, raise, setTradingState } from './turn.ts';
import type { Turn } from './turn.ts';

type Engaged = EventOf<'KillSwitchEngaged'>;

/** Freezing lets nothing through; flattening needs the reduce-only lane, so it halts. */
const stateFor = (action: KillAction): TradingState => (action === 'freeze' ? 'FROZEN' : 'HALTED');

/**
 * Why a program's kill switch is not engaged, in plain sentences; `undefined` where it is, and always for people. It may stop what still trades. What
 * people froze stays as it is, and what they have closed goes on closing: a freeze would end that, and closing anew would begin it again without end.
 * No harm comes of the refusal: either way nothing can be opened.
 */
export function killSwitchProblem(
  { tradingState, flattening }: Pick<EngineState, 'tradingState' | 'flattening'>,
  { action, program }: Pick<Engaged, 'action' | 'program'>,
): string | undefined {
  if (program !== true) return undefined;
  const to = stateFor(action);
  if (tradingState !== to && !mayMove(tradingState, to, 'breaker'))
    return `Trading is ${tradingState}, and ${to} lets more through: only a person closes positions from here, by the kill switch on the dashboard.`;
  if (flattening === undefined || flattening.program === true) return undefined;
  return 'A person is having all positions closed, and nothing is opened meanwhile: only a person changes that, by the kill switch on the dashboard.';
}

/**
 * The gate closes first, in this very step; then every open order is cancelled, those in flight as soon as the broker acknowledges them; then
 * positions are kept, or closed through the reduce-only lane.
 */
export function killSwitchEngaged(turn: Turn, event: Engaged): void {
  const { by, action, reason, at, whenClosed, program } = event;
  const problem = killSwitchProblem(turn.state, event);
  if (problem !== undefined) {
    raise(
      turn,
      'KillSwitchRefused',
      `${by}-${action}`,
      'warning',
      'A program did not engage the kill switch',
      `${by}: ${reason}. ${problem}`,
    );
    return;
  }
  setTradingState(turn, stateFor(action), `kill switch: ${reason}`, by, at);
  const flattening = {
    by,
    reason,
    at,
    ...(whenClosed === 'wait' ? { waitsForOpen: true as const } : {}),
    ...(program === true ? { program } : {}),
  };
  change(turn, { flattening: action === 'flatten' ? flattening : undefined });
  closeGate(turn);
  raise(
    turn,
    'KillSwitch',
    String(at),
    'critical',
    action === 'freeze' ? 'Kill switch: frozen' : 'Kill switch: closing all positions',
    `${by}: ${reason}`,
  );
  flattenAll(turn);
}

/** One person alone releases only where the journal asks for no second one. */
export function killSwitchReleased(turn: Turn, event: EventOf<'KillSwitchReleased'>): void {
  if (!turn.state.secondPerson) releaseTrading(turn, event);
  else raise(turn, 'ReleaseRefused', String(event.at), 'warning', 'Trading was not released', `${event.by}: this takes a second person.`);
}

/**
 * People let trading go on; it takes a reason. Where the broker's positions differ from ours, releasing accepts the broker's view,
 * once it stands ({@link acceptProblem}). After a drawdown the high-water mark starts again at the equity of now, else the breaker would trip again at once.
 */
export function releaseTrading(turn: Turn, event: Pick<EventOf<'KillSwitchReleased'>, 'by' | 'reason' | 'at'>): void {
  const { equity, highWaterMark, sessionStartEquity } = turn.state;
  const refuse = (why: string): void =>
    raise(turn, 'ReleaseRefused', String(event.at), 'info', 'Trading was not released', `${event.by}: ${why}`);
  const unsettled = acceptProblem(turn.state);
  if (unsettled !== undefined) return refuse(unsettled);
  const released = release(
    turn.state.tradingState,
    event.reason,
    { equity: equity?.equity, highWaterMark, sessionStartEquity },
    turn.state.limits,
  );
  if (!released.ok) return refuse(released.message);
  change(turn, { flattening: undefined, highWaterMark: released.highWaterMark });
  if (released.highWaterMark !== highWaterMark) change(turn, { highWaterMarkAt: event.at });
  setTradingState(turn, released.to, event.reason, event.by, event.at);
  const cashFound = isCashFound(turn.state);
  for (const alert of turn.state.alerts.values()) if (ENDED_BY_RELEASE.has(alert.code)) closeAlert(turn, alert.id, event.by);
  acceptBrokersView(turn, event.at, cashFound);
  emit(turn, { kind: 'Reconcile', because: 'trading was released' });
}

const ENDED_BY_RELEASE: ReadonlySet<string> = new Set([
  'KillSwitch',
  'FlattenWaits',
  'PositionDifference',
  'CashDifference',
  'StateUnreadable',
  'DailyLoss',
  'Drawdown',
]);

/**
 * Book what the broker was twice seen to hold and we do not, as the account's own and at the broker's price. Its cash moved with it at some unknown time, so that
 * the amount is put back here, and the next comparison of cash tells the truth. While something is explained that will be told with its cash, no cash is accepted.
 */
export function acceptBrokersView(turn: Turn, at: Instant, cashFound: boolean): void {
  const confirmed = [...turn.state.differences.values()].filter((difference) => difference.confirmed);
  for (const difference of confirmed) {
    const held = turn.state.positions.get(difference.symbol)?.quantity ?? (0n as Quantity);
    const missing = subtract(difference.brokers, held);
    if (missing === 0n) continue;
    const own = turn.state.positions.get(difference.symbol)?.averagePrice;
    noteAccepted(turn, difference.symbol, missing);
    const price = difference.brokersAveragePrice > 0n || own === undefined ? difference.brokersAveragePrice : own;
    bookOnAccount(
      turn,
      { symbol: difference.symbol, quantity: missing, price, fee: ZERO_MONEY, at },
      `accepted:${difference.symbol}:${at}`,
      undefined,
    );
    const moved = worthOf(difference.symbol, missing, price);
    acceptCash(turn, moved);
  }
  const isPending = turn.state.differences.values().some(({ explained }) => explained === true);
  if ((confirmed.length > 0 || cashFound) && !isPending) acceptBrokersCash(turn);
  change(turn, { differences: new Map() });
  markEquity(turn, false);
}
