import { quantity } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import type { StrategyDecision, Target, Wish, Wished } from '../strategies/strategy.ts';
import { requestCancel } from './cancel.ts';
import type { EventOf } from './events.ts';
import { desiredUnits, rebalanceTo } from './rebalance.ts';
import type { StrategySlot } from './state.ts';
import { change, closeAlert, openOrders, raise, setStrategy, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

const WHOLE_LOT: Quantity = quantity('1');

export function strategyCreated(turn: Turn, event: EventOf<'StrategyCreated'>): void {
  if (turn.state.strategies.has(event.config.id)) return;
  setStrategy(turn, { config: event.config, state: 'draft', holdings: new Map() });
}

/** New parameters, symbols or version: a running strategy is paused first, so that it starts again warmed up. */
export function strategyConfigured(turn: Turn, event: EventOf<'StrategyConfigured'>): void {
  const slot = turn.state.strategies.get(event.config.id);
  if (slot === undefined) return;
  const { signal: _signal, ...rest } = slot;
  setStrategy(turn, { ...rest, config: event.config });
}

export function strategyEnabled(turn: Turn, event: EventOf<'StrategyEnabled'>): void {
  const slot = turn.state.strategies.get(event.strategyId);
  if (slot === undefined) return;
  const { pausedBecause: _pausedBecause, ...rest } = slot;
  closeAlert(turn, `StrategyFailed-${slot.config.id}`, event.by);
  setStrategy(turn, { ...rest, state: turn.state.mode === 'live' ? 'live' : 'paper' });
}

export function strategyDisabled(turn: Turn, event: EventOf<'StrategyDisabled'>): void {
  const slot = turn.state.strategies.get(event.strategyId);
  if (slot !== undefined) pause(turn, slot, event.reason);
}

/** A paused strategy wants nothing: its waiting targets are dropped and its open orders cancelled. What it holds stays. */
function pause(turn: Turn, slot: StrategySlot, reason: string): void {
  const { id } = slot.config;
  change(turn, { deferredTargets: new Map([...turn.state.deferredTargets].filter(([, target]) => target.strategyId !== id)) });
  for (const order of openOrders(turn.state)) {
    const { origin } = order.intent;
    if (origin.kind === 'strategy' && origin.strategyId === id) requestCancel(turn, order);
  }
  const current = turn.state.strategies.get(id) ?? slot;
  setStrategy(turn, { ...current, state: 'paused', pausedBecause: reason });
}

export function strategyFailed(turn: Turn, event: EventOf<'StrategyFailed'>): void {
  const slot = turn.state.strategies.get(event.strategyId);
  if (slot === undefined) return;
  pause(turn, slot, event.reason);
  raise(turn, 'StrategyFailed', slot.config.id, 'critical', `Strategy ${slot.config.name} was paused`, event.reason);
}

/** Why a decision cannot be acted on; `undefined` where it can. */
function problemOf(slot: StrategySlot, decision: StrategyDecision): string | undefined {
  if (decision.version !== slot.config.version)
    return `It was decided by version ${decision.version.slice(0, 12)}, but ${slot.config.version.slice(0, 12)} is configured.`;
  for (const wished of decision.targets) {
    const { symbol } = wished;
    if ('exposure' in wished && !(Math.abs(wished.exposure) <= 1))
      return `The target ${wished.exposure} of ${symbol} is not an exposure between -1 and 1.`;
    if (!slot.config.symbols.includes(symbol)) return `It set a target of ${symbol}, which is not one of its symbols.`;
  }
  return undefined;
}

const sentence = (wishes: readonly Wished[]): string =>
  wishes
    .map((wished) => {
      const what = 'exposure' in wished ? wished.exposure : `${wished.kind} ${wished.amount} (${wished.measure})`;
      return `${wished.symbol} → ${what}: ${wished.reason}`;
    })
    .join('; ');

/**
 * A strategy has answered. Targets are events: a symbol without one is left alone, and what the gate denies is not tried again. A second answer
 * to the same bars changes nothing.
 */
export function strategyDecided(turn: Turn, event: EventOf<'StrategyDecided'>): void {
  const { decision } = event;
  const slot = turn.state.strategies.get(decision.strategyId);
  if (slot === undefined || (slot.state !== 'paper' && slot.state !== 'live')) return;
  if (slot.lastDecisionAt !== undefined && slot.lastDecisionAt >= decision.barAt) return;
  const problem = problemOf(slot, decision);
  if (problem !== undefined) {
    strategyFailed(turn, { kind: 'StrategyFailed', at: event.at, strategyId: slot.config.id, reason: problem });
    return;
  }
  const decided: StrategySlot = { ...slot, lastDecisionAt: decision.barAt };
  if (decision.targets.length === 0) change(turn, { strategies: withEntry(turn.state.strategies, slot.config.id, decided) });
  else setStrategy(turn, { ...decided, lastDecision: sentence(decision.targets) });
  for (const [index, wished] of decision.targets.entries()) {
    if ('exposure' in wished) act(turn, slot.config.id, wished, decision);
    else denyWish(turn, slot.config.id, wished, decision, index);
  }
}

function act(turn: Turn, strategyId: string, target: Target, decision: StrategyDecision): void {
  const slot = turn.state.strategies.get(strategyId);
  if (slot === undefined) return;
  const { symbol, reason } = target;
  const lot = turn.state.instruments.get(symbol)?.lot ?? WHOLE_LOT;
  const desired = desiredUnits(slot.config, target, slot.signal, lot);
  if (typeof desired === 'string') {
    raise(
      turn,
      'TargetUnsizable',
      `${strategyId}-${symbol}-${decision.barAt}`,
      'warning',
      `A target of ${symbol} could not be sized`,
      `There is ${desired}.`,
    );
    return;
  }
  rebalanceTo(turn, slot, { strategyId, symbol, desired, reason, barAt: decision.barAt });
}

/** What trading cannot carry is denied and said, never dropped. */
function denyWish(turn: Turn, strategyId: string, { symbol, kind }: Wish, { barAt }: StrategyDecision, index: number): void {
  const subject = `${strategyId}-${symbol}-${barAt}-${index}`;
  raise(turn, 'UnsupportedOrder', subject, 'warning', `Denied: ${kind} of ${symbol}`, `A ${kind} cannot be carried out in trading.`);
}
