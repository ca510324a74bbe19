import type { OrderIntent } from '../orders/order.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import { requestCancel } from './cancel.ts';
import type { EventOf } from './events.ts';
import type { StrategySlot } from './state.ts';
import { act } from './strategy-wishes.ts';
import { change, closeAlert, openOrders, raise, setStrategy, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';
import { sentenceOf, wishOf, wishProblem } from './wishes.ts';

export function strategyCreated(turn: Turn, event: EventOf<'StrategyCreated'>): void {
  if (turn.state.strategies.has(event.config.id)) return;
  setStrategy(turn, { config: event.config, state: 'draft', holdings: new Map(), entryPrices: new Map() });
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

const isOf = ({ origin }: OrderIntent, strategyId: string): boolean => origin.kind === 'strategy' && origin.strategyId === strategyId;

/** A paused strategy wants nothing: its waiting targets and orders are dropped and its open orders cancelled. What it holds stays. */
function pause(turn: Turn, slot: StrategySlot, reason: string): void {
  const { id } = slot.config;
  change(turn, {
    deferredTargets: new Map([...turn.state.deferredTargets].filter(([, target]) => target.strategyId !== id)),
    deferredOrders: new Map([...turn.state.deferredOrders].filter(([, [first]]) => first === undefined || !isOf(first.intent, id))),
  });
  for (const order of openOrders(turn.state)) {
    // What protects the position stays: a paused strategy still holds it.
    if (isOf(order.intent, id) && order.intent.protects !== true) requestCancel(turn, order);
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
    const problem = wishProblem(wishOf(wished));
    if (problem !== undefined) return problem;
    if (!slot.config.symbols.includes(wished.symbol)) return `It set a target of ${wished.symbol}, which is not one of its symbols.`;
  }
  return undefined;
}

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
  else setStrategy(turn, { ...decided, lastDecision: sentenceOf(decision.targets) });
  for (const [index, wished] of decision.targets.entries()) act(turn, slot.config.id, wishOf(wished), { barAt: decision.barAt, index });
}
