import { AUTOMATIC, executionProblem, loosensExecution, sameExecution } from '../strategies/execution.ts';
import type { Execution } from '../strategies/execution.ts';
import type { Change } from '../approvals/proposal.ts';
import { requestCancel } from './cancel.ts';
import type { EventOf } from './events.ts';
import { modeOf, supersedeOf } from './recommending.ts';
import { isStrategys, withoutWishes } from './own-orders.ts';
import { serviceRestarts } from './promotion.ts';
import { shadowOf } from './shadow.ts';
import { opensOrAdds } from './stated-orders.ts';
import type { EngineState, StrategySlot } from './state.ts';
import { change, openOrders, raise, setStrategy } from './turn.ts';
import type { Turn } from './turn.ts';

/** Why a setting cannot be made by one person now, in one sentence; `undefined` where it can. */
export function settingProblem(state: EngineState, { execution: from = AUTOMATIC }: StrategySlot, to: Execution): string | undefined {
  if (sameExecution(from, to)) return `It is ${to.mode} already.`;
  const needsTwo = state.secondPerson && loosensExecution(from, to);
  return executionProblem(to) ?? (needsTwo ? 'This takes a second person: propose it.' : undefined);
}

/** Why the proposal to let a strategy send by itself would change nothing now; `undefined` where it would. */
export function automateProblem({ strategyId, from }: Extract<Change, { kind: 'automate' }>, state: EngineState): string | undefined {
  const slot = state.strategies.get(strategyId);
  if (slot === undefined) return 'There is no such strategy.';
  if (modeOf(slot) === 'automatic') return 'Its orders leave automatically already.';
  return modeOf(slot) === from ? undefined : `It is ${modeOf(slot)} by now: propose it again.`;
}

/** Where two people are asked for, one alone only restricts. */
export function strategyExecutionSet(turn: Turn, { strategyId, execution, by, at }: EventOf<'StrategyExecutionSet'>): void {
  const slot = turn.state.strategies.get(strategyId);
  if (slot === undefined) return;
  const problem = settingProblem(turn.state, slot, execution);
  if (problem === undefined) applyExecution(turn, slot, execution);
  else
    raise(turn, 'ExecutionRefused', `${strategyId}-${at}`, 'info', `How ${slot.config.name} executes was not changed`, `${by}: ${problem}`);
}

/** Whoever calls this has looked at who may. Another mode begins with nothing that waits; what holds and protects positions stays. */
export function applyExecution(turn: Turn, slot: StrategySlot, execution: Execution): void {
  if (modeOf(slot) !== execution.mode) {
    serviceRestarts(turn, slot);
    supersedeOf(turn, slot.config.id, `Its orders are ${execution.mode} now.`);
    if (execution.mode !== 'automatic') withdrawEntries(turn, slot);
  }
  const { execution: _before, shadow, ...rest } = turn.state.strategies.get(slot.config.id) ?? slot;
  const book = execution.mode === 'shadow' ? { shadow: shadow ?? shadowOf(turn.state, slot) } : {};
  setStrategy(turn, execution.mode === 'automatic' ? rest : { ...rest, execution, ...book });
}

/** Nobody has looked at what it sent, or let wait, to open something: it is taken back. */
function withdrawEntries(turn: Turn, slot: StrategySlot): void {
  const { id } = slot.config;
  change(turn, withoutWishes(turn.state, id));
  for (const order of openOrders(turn.state)) {
    const { intent } = order;
    if (isStrategys(intent, id) && intent.protects !== true && intent.leg === undefined && opensOrAdds(slot, intent))
      requestCancel(turn, order);
  }
}
