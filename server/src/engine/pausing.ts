import { brakeKey, pauseOf } from '../risk/brakes.ts';
import type { Brake, BrakeScope } from '../risk/brakes.ts';
import { liftBrake, putBrake } from './brakes.ts';
import type { EventOf } from './events.ts';
import type { EngineState } from './state.ts';
import type { Turn } from './turn.ts';

/** The pause of exactly this thing, where there is one. */
export const pauseAt = ({ brakes }: Pick<EngineState, 'brakes'>, scope: BrakeScope): Brake | undefined =>
  brakes.get(brakeKey(pauseOf(scope)));

/** Why something cannot be paused now; `undefined` where it can. */
export function pauseProblem(scope: BrakeScope, state: EngineState): string | undefined {
  if (scope.kind === 'strategy' && !state.strategies.has(scope.strategyId)) return 'There is no such strategy.';
  return pauseAt(state, scope) === undefined ? undefined : 'It is paused already: what was said first holds until two people let it go.';
}

/** What opens a position is denied from here on; open orders, holdings and exits stay as they are. */
export function entriesPaused(turn: Turn, { scope, by, reason }: EventOf<'EntriesPaused'>): void {
  if (pauseProblem(scope, turn.state) !== undefined) return;
  putBrake(turn, { ...pauseOf(scope), effect: 'entries-off', because: reason, by, reset: 'person' });
}

/** Two people have let a pause go. */
export const letPauseGo = (turn: Turn, scope: BrakeScope, by: string, reason: string): void => liftBrake(turn, pauseOf(scope), by, reason);
