import { brakeOnResuming } from '../risk/brakes.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import type { Recommendation } from '../recommendations/recommendation.ts';
import { forgetCapital } from './ensembles.ts';
import type { EventOf } from './events.ts';
import { supersede } from './recommending.ts';
import { shadowOf } from './shadow.ts';
import type { StrategySlot } from './state.ts';
import { pauseStrategy } from './strategy-pause.ts';
import { serviceBegins, serviceVoid } from './promotion.ts';
import { act } from './strategy-wishes.ts';
import { change, closeAlert, raise, setStrategy, withEntry } from './turn.ts';
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
  const { signal: _signal, shadow, ...rest } = slot;
  const book = shadow === undefined ? {} : { shadow: shadowOf(turn.state, slot) };
  const changed = { ...rest, ...book, config: event.config };
  setStrategy(turn, changed);
  serviceVoid(turn, changed);
  forgetCapital(turn, event.config.id);
}

export function strategyEnabled(turn: Turn, event: EventOf<'StrategyEnabled'>): void {
  const slot = turn.state.strategies.get(event.strategyId);
  if (slot === undefined) return;
  const brake = brakeOnResuming(turn.state.brakes.values(), slot.config.id);
  if (brake !== undefined) {
    const detail = `${event.by}: ${brake.code} has to be released first. ${brake.because}`;
    raise(turn, 'ResumeRefused', `${slot.config.id}-${event.at}`, 'warning', `Strategy ${slot.config.name} stays paused`, detail);
    return;
  }
  const { pausedBecause: _pausedBecause, ...rest } = slot;
  closeAlert(turn, `StrategyFailed-${slot.config.id}`, event.by);
  setStrategy(turn, { ...rest, state: turn.state.mode === 'live' ? 'live' : 'paper' });
  serviceBegins(turn, slot, event.at);
}

export function strategyDisabled(turn: Turn, event: EventOf<'StrategyDisabled'>): void {
  const slot = turn.state.strategies.get(event.strategyId);
  if (slot !== undefined) pauseStrategy(turn, slot, event.reason);
}

export function strategyFailed(turn: Turn, event: EventOf<'StrategyFailed'>): void {
  const slot = turn.state.strategies.get(event.strategyId);
  if (slot === undefined) return;
  pauseStrategy(turn, slot, event.reason);
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

/** What it says of a symbol stands in the place of what it recommended before; other exits of what is held leave that as it is. */
function supersedeDecided(turn: Turn, strategyId: string, { targets }: StrategyDecision): void {
  const symbols = new Set(targets.map(wishOf).flatMap(({ kind, symbol }) => (kind === 'protect' ? [] : [symbol])));
  const isMeant = (one: Recommendation): boolean => one.strategyId === strategyId && symbols.has(one.intent.symbol);
  supersede(turn, 'The strategy has decided anew.', isMeant);
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
  supersedeDecided(turn, slot.config.id, decision);
  for (const [index, wished] of decision.targets.entries()) act(turn, slot.config.id, wishOf(wished), { barAt: decision.barAt, index });
}
