import { heldByAll, holdingOf } from '../positions/sub-ledgers.ts';
import { sameSign } from '../positions/average-cost.ts';
import { abs } from '../money/money.ts';
import type { Quantity } from '../money/fixed.ts';
import { brakeKey } from '../risk/brakes.ts';
import { liftBrake, putBrake } from './brakes.ts';
import type { EventOf } from './events.ts';
import { protectionKey } from './protections.ts';
import type { EngineState, Flattening, StrategySlot } from './state.ts';
import { pauseStrategy } from './strategy-pause.ts';
import { change, closeAlert, openOrders, raise, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

export const strategyKillBrake = (strategyId: string) => ({ code: 'StrategyKill', scope: { kind: 'strategy', strategyId } }) as const;

type Engaged = EventOf<'StrategyKillEngaged'>;

/**
 * Why a program does not stop a strategy, in a plain sentence; `undefined` where it does, and always for people. As of the account: what was stopped and keeps what
 * it holds is not sold by a program, and what people are having closed goes on closing. Either way it opens nothing.
 */
export function strategyKillProblem(
  { brakes, closing }: Pick<EngineState, 'brakes' | 'closing'>,
  { strategyId, action, program }: Pick<Engaged, 'strategyId' | 'action' | 'program'>,
): string | undefined {
  if (program !== true) return undefined;
  const underWay = closing.get(strategyId);
  if (underWay !== undefined && underWay.program !== true)
    return 'A person is having all that the strategy holds closed, and it opens nothing meanwhile: only a person changes that.';
  if (underWay === undefined && action === 'flatten' && brakes.has(brakeKey(strategyKillBrake(strategyId))))
    return 'The strategy is stopped and keeps what it holds: only a person closes that from here.';
  return undefined;
}

/**
 * The strategy's gate closes first, in this very step; then its open orders are cancelled, those in flight as soon as the broker acknowledges them. Frozen,
 * it keeps what it holds, with the exits that protect it. Flattened, its own holdings are closed, and nobody else's.
 */
export function strategyKillEngaged(turn: Turn, event: Engaged): void {
  const { strategyId, action, by, reason, at, program } = event;
  const slot = turn.state.strategies.get(strategyId);
  if (slot === undefined) return;
  const problem = strategyKillProblem(turn.state, event);
  if (problem !== undefined) {
    const detail = `${by}: ${reason}. ${problem}`;
    raise(turn, 'KillSwitchRefused', `${strategyId}-${by}-${action}`, 'warning', `A program did not stop ${slot.config.name}`, detail);
    return;
  }
  putBrake(turn, { ...strategyKillBrake(strategyId), effect: 'entries-off', because: `${by}: ${reason}`, reset: 'person' });
  pauseStrategy(turn, slot, `kill switch: ${reason}`);
  const flattening: Flattening = { by, reason, at, waitsForOpen: true, ...(program === true ? { program } : {}) };
  const { closing } = turn.state;
  change(turn, { closing: action === 'flatten' ? withEntry(closing, strategyId, flattening) : withoutEntry(closing, strategyId) });
}

/** What a strategy holds, symbol by symbol. */
export function holdingsOf(state: EngineState, strategyId: string): readonly (readonly [symbol: string, quantity: Quantity])[] {
  const symbols = [...(state.ledgers.get(strategyId)?.keys() ?? [])].sort();
  return symbols.map((symbol) => [symbol, holdingOf(state.ledgers, strategyId, symbol)] as const).filter(([, quantity]) => quantity !== 0n);
}

/** Whether the account holds at least as much in this direction: else closing it would open something against others. */
export const isCovered = (state: EngineState, symbol: string, held: Quantity): boolean => {
  const account = heldByAll(state.ledgers, symbol);
  return sameSign(account, held) && abs(account) >= abs(held);
};

const hasOpenOrders = (state: EngineState, strategyId: string): boolean =>
  openOrders(state).some(({ intent: { origin } }) => origin.kind === 'strategy' && origin.strategyId === strategyId);

/** After every event while there are any: close what killed strategies hold, also what an order in flight brought them afterwards. */
export function closeStrategies(turn: Turn): void {
  for (const [strategyId, closing] of turn.state.closing) {
    const slot = turn.state.strategies.get(strategyId);
    const held = holdingsOf(turn.state, strategyId);
    if (slot === undefined || (held.length === 0 && !hasOpenOrders(turn.state, strategyId))) {
      change(turn, { closing: withoutEntry(turn.state.closing, strategyId) });
      closeAlert(turn, `FlattenWaits-${strategyId}`, 'engine');
    } else if (held.length === 0 || turn.state.marketOpen) {
      closeAlert(turn, `FlattenWaits-${strategyId}`, 'engine');
      for (const [symbol, quantity] of held) closeHolding(turn, slot, symbol, quantity, closing);
    } else {
      const detail = `The market is closed. At its next open closing orders are sent for ${held.map(([symbol]) => symbol).join(', ')}, unless the strategy is released before.`;
      raise(turn, 'FlattenWaits', strategyId, 'critical', `Closing ${slot.config.name} waits for the market`, detail);
    }
  }
}

/** As an exit that was touched: what stands in its way is cancelled, then it is closed at the market, and tried again until it is. */
function closeHolding(turn: Turn, { config }: StrategySlot, symbol: string, held: Quantity, { reason, at }: Flattening): void {
  const { id, version, name } = config;
  if (!isCovered(turn.state, symbol, held)) {
    const detail = `Others hold ${symbol} the other way, so that closing it would open a position of the account. Close it by hand, or stop the whole account.`;
    raise(turn, 'StrategyCloseImpossible', `${id}-${symbol}`, 'critical', `${symbol} of ${name} was not closed`, detail);
    return;
  }
  const key = protectionKey(id, symbol);
  const before = turn.state.protections.get(key);
  const [stem, long] = [`kill-${at}-${id}-${symbol}`, held > 0n];
  const isSame = before?.stem === stem;
  if (isSame && before.touchedAt !== undefined && before.long === long && before.over === undefined) return;
  const protection = {
    owner: id,
    symbol,
    long,
    origin: { kind: 'strategy', strategyId: id, version } as const,
    reason: `kill switch: ${reason}`.slice(0, 400),
    stem,
    count: isSame ? before.count : 0,
    ...(before?.exitId === undefined ? {} : { exitId: before.exitId }),
    touchedAt: turn.state.now,
  };
  change(turn, { protections: withEntry(turn.state.protections, key, protection) });
}

/** Two people let a killed strategy go: it stays paused until it is enabled. */
export function releaseStrategy(turn: Turn, strategyId: string, by: string, reason: string): void {
  change(turn, { closing: withoutEntry(turn.state.closing, strategyId) });
  closeAlert(turn, `FlattenWaits-${strategyId}`, by);
  liftBrake(turn, strategyKillBrake(strategyId), by, reason);
}
