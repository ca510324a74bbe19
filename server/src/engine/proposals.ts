import { approvalProblem, rejectionProblem } from '../approvals/approval.ts';
import { hashOf, OPEN_MAX, OPEN_PER_PERSON_MAX, subjectOf } from '../approvals/proposal.ts';
import type { AcceptedDifference, Change, Proposal, ProposalState } from '../approvals/proposal.ts';
import { brakeKey } from '../risk/brakes.ts';
import { isLoosening, layeredValue } from '../risk/layers.ts';
import { formatLimit, isLimitName, parseLimit } from '../risk/limits.ts';
import { listed, loosensList, sameList } from '../risk/restrictions.ts';
import { AUTOMATIC } from '../strategies/execution.ts';
import { acceptProblem, takesBrokersView } from './accepting.ts';
import { applyLimit, applyRestriction, layerSet } from './commands.ts';
import type { EventOf } from './events.ts';
import { isCashFound } from './cash-reconcile.ts';
import { acceptBrokersView, releaseTrading } from './kill-switch.ts';
import { applyExecution, automateProblem } from './strategy-execution.ts';
import { letPauseGo, pauseAt } from './pausing.ts';
import { promoteProblem, promoted } from './promoting.ts';
import type { EngineState } from './state.ts';
import { releaseStrategy, strategyKillBrake } from './strategy-kill.ts';
import { change, closeAlert, emit, raise, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** From here on nothing that lets more risk through happens by one person alone. There is no way back. */
export function secondPersonRequired(turn: Turn): void {
  change(turn, { secondPerson: true });
}

const sameDifference = (left: AcceptedDifference, right: AcceptedDifference | undefined): boolean =>
  right !== undefined &&
  left.ours === right.ours &&
  left.brokers === right.brokers &&
  left.brokersAveragePrice === right.brokersAveragePrice;

/** What would be taken over now, by symbol: what was seen twice. */
export const differencesNow = (state: EngineState): readonly AcceptedDifference[] =>
  [...state.differences.values()]
    .filter(({ confirmed }) => confirmed)
    .map(({ symbol, ours, brokers, brokersAveragePrice }) => ({ symbol, ours, brokers, brokersAveragePrice }))
    .sort((left, right) => (left.symbol < right.symbol ? -1 : 1));

function differenceProblem(accepts: readonly AcceptedDifference[], state: EngineState): string | undefined {
  const now = differencesNow(state);
  const same =
    accepts.length === now.length && accepts.every((one, index) => one.symbol === now[index]?.symbol && sameDifference(one, now[index]));
  return same ? undefined : 'What differs from the broker is not what it was: look at it again.';
}

function limitProblem({ name, from, to, who }: Extract<Change, { kind: 'limit' }>, state: EngineState): string | undefined {
  if (!isLimitName(name)) return 'There is no such limit.';
  const parsed = parseLimit(name, to);
  if (!parsed.ok) return parsed.message;
  const current = who === undefined ? state.limits[name] : layeredValue(state.limits, state.layers, who, name);
  if (formatLimit(name, current) !== from) return `${name} is ${formatLimit(name, current)} by now: propose it again.`;
  return isLoosening(name, current, parsed.value) ? undefined : `${name} is not loosened by this: set it directly.`;
}

function symbolsProblem({ list, from, to }: Extract<Change, { kind: 'symbols' }>, state: EngineState): string | undefined {
  if (!sameList(state.restrictions[list], from)) return 'The list is another one by now: propose it again.';
  if (!sameList(to, listed(to))) return 'The list is not sorted, or names a symbol twice.';
  return loosensList(list, from, to) ? undefined : 'This lets nothing more through: set it directly.';
}

function resumeProblem({ strategyId, because }: Extract<Change, { kind: 'resume' }>, state: EngineState): string | undefined {
  const brake = state.brakes.get(brakeKey(strategyKillBrake(strategyId)));
  if (brake === undefined) return 'This strategy is not stopped by its kill switch.';
  return brake.because === because ? undefined : 'It was stopped again since: look at why, and propose it again.';
}

function unpauseProblem({ scope, since, because }: Extract<Change, { kind: 'unpause' }>, state: EngineState): string | undefined {
  const pause = pauseAt(state, scope);
  if (pause === undefined) return 'This is not paused.';
  return pause.since === since && pause.because === because ? undefined : 'It was paused again since: look at why, and propose it again.';
}

/** Why a change could not be made now, in one sentence; `undefined` where it could. */
export function changeProblem(wanted: Change, state: EngineState): string | undefined {
  switch (wanted.kind) {
    case 'limit':
      return limitProblem(wanted, state);
    case 'symbols':
      return symbolsProblem(wanted, state);
    case 'resume':
      return resumeProblem(wanted, state);
    case 'unpause':
      return unpauseProblem(wanted, state);
    case 'release':
      if (state.tradingState === 'ACTIVE') return 'Trading is active: there is nothing to release.';
      if (state.tradingState !== wanted.from) return `Trading is ${state.tradingState} by now: look at why, and propose it again.`;
      return differenceProblem(wanted.accepts, state);
    case 'accept':
      return wanted.accepts.length === 0 ? 'Nothing differs from the broker.' : differenceProblem(wanted.accepts, state);
    case 'promote':
      return promoteProblem(wanted, state);
    case 'automate':
      return automateProblem(wanted, state);
    case 'champion':
      // Models stand in the registry: whoever sends the proposal or the approval has asked it. Here it is about the two people.
      return undefined;
  }
}

/** Why a proposal is not taken; `undefined` where it is. */
export function proposalProblem(proposal: Proposal, state: EngineState): string | undefined {
  const open = [...state.proposals.values()];
  if (hashOf(proposal) !== proposal.hash) return 'The proposal is not whole.';
  if (state.proposals.has(proposal.id)) return 'This was proposed already.';
  if (proposal.reason.trim() === '') return 'A proposal needs a reason.';
  if (open.some((one) => subjectOf(one.change) === subjectOf(proposal.change)))
    return 'The same thing is proposed already: approve, reject or take that back first.';
  if (open.filter(({ person }) => person === proposal.person).length >= OPEN_PER_PERSON_MAX)
    return `At most ${OPEN_PER_PERSON_MAX} open proposals of one person: take one back first.`;
  if (open.length >= OPEN_MAX) return `At most ${OPEN_MAX} open proposals: decide some first.`;
  return changeProblem(proposal.change, state);
}

const alertSubject = ({ id }: Proposal): string => id;

export function changeProposed(turn: Turn, event: EventOf<'ChangeProposed'>): void {
  const { proposal } = event;
  const problem = proposalProblem(proposal, turn.state);
  if (problem !== undefined) {
    raise(turn, 'ProposalRefused', proposal.id, 'info', 'A proposal was not taken', `${proposal.by}: ${problem}`);
    return;
  }
  change(turn, { proposals: withEntry(turn.state.proposals, proposal.id, proposal) });
  emit(turn, { kind: 'ProposalChanged', proposal, state: 'open' });
  raise(turn, 'ChangeProposed', alertSubject(proposal), 'warning', 'A second person is asked for', `${proposal.by}: ${proposal.reason}`);
}

interface Decision {
  readonly state: Exclude<ProposalState, 'open'>;
  readonly by: string;
  readonly at: EventOf<'ChangeApproved'>['decidedAt'];
  readonly reason?: string;
}

function close(turn: Turn, proposal: Proposal, { state, by, at, reason }: Decision): void {
  change(turn, { proposals: withoutEntry(turn.state.proposals, proposal.id) });
  emit(turn, {
    kind: 'ProposalChanged',
    proposal,
    state,
    decidedBy: by,
    decidedAt: at,
    ...(reason === undefined ? {} : { decisionReason: reason }),
  });
  closeAlert(turn, `ChangeProposed-${alertSubject(proposal)}`, by);
}

function limitLoosened(
  turn: Turn,
  { name, to, who }: Extract<Change, { kind: 'limit' }>,
  decided: Parameters<typeof releaseTrading>[1],
): void {
  const parsed = parseLimit(name, to);
  if (!parsed.ok) throw new Error(`Invariant: the value of ${name} was looked at before: ${parsed.message}`);
  if (who === undefined) applyLimit(turn, { name, ...decided }, parsed.value);
  else layerSet(turn, { name, ...decided }, who, parsed.value);
}

function automated(turn: Turn, strategyId: string): void {
  const slot = turn.state.strategies.get(strategyId);
  if (slot === undefined) throw new Error(`Invariant: the strategy ${strategyId} was looked at before`);
  applyExecution(turn, slot, AUTOMATIC);
}

/** The change itself, in the same step and so in the same batch of the journal as the approval. */
function apply(turn: Turn, { change: wanted, by, reason }: Proposal, { at, by: approver }: EventOf<'ChangeApproved'>): void {
  const why = `${reason} (approved by ${approver})`;
  switch (wanted.kind) {
    case 'limit':
      limitLoosened(turn, wanted, { by, reason: why, at });
      return;
    case 'symbols':
      applyRestriction(turn, wanted.list, wanted.to);
      return;
    case 'resume':
      releaseStrategy(turn, wanted.strategyId, by, why);
      return;
    case 'unpause':
      letPauseGo(turn, wanted.scope, by, why);
      return;
    case 'release':
      releaseTrading(turn, { by, reason: why, at });
      return;
    case 'accept':
      acceptBrokersView(turn, at, isCashFound(turn.state));
      emit(turn, { kind: 'Reconcile', because: 'the broker’s view was accepted' });
      return;
    case 'promote':
      promoted(turn, wanted, { by, approvedBy: approver, at });
      return;
    case 'automate':
      automated(turn, wanted.strategyId);
      return;
    case 'champion':
    // The fact that it is applied is the record; the registry follows it.
  }
}

/** Used once: it is closed before it is applied, and an id that is not open cannot be approved. */
export function changeApproved(turn: Turn, event: EventOf<'ChangeApproved'>): void {
  const proposal = turn.state.proposals.get(event.proposalId);
  // What is not yet sure is not over: the proposal stays open.
  const unsettled = proposal !== undefined && takesBrokersView(proposal.change) ? acceptProblem(turn.state) : undefined;
  const problem = approvalProblem(proposal, event) ?? unsettled;
  if (problem !== undefined || proposal === undefined) {
    raise(
      turn,
      'ApprovalRefused',
      `${event.proposalId}-${event.at}`,
      'warning',
      'An approval did not count',
      `${event.by}: ${problem ?? ''}`,
    );
    return;
  }
  const obsolete = changeProblem(proposal.change, turn.state);
  if (obsolete !== undefined) {
    close(turn, proposal, { state: 'obsolete', by: event.by, at: event.decidedAt, reason: obsolete });
    return;
  }
  close(turn, proposal, { state: 'applied', by: event.by, at: event.decidedAt });
  apply(turn, proposal, event);
}

export function changeRejected(turn: Turn, event: EventOf<'ChangeRejected'>): void {
  const proposal = turn.state.proposals.get(event.proposalId);
  if (proposal === undefined || rejectionProblem(proposal, event) !== undefined) return;
  close(turn, proposal, { state: 'rejected', by: event.by, at: event.decidedAt, reason: event.reason });
}

export function changeExpired(turn: Turn, event: EventOf<'ChangeExpired'>): void {
  const proposal = turn.state.proposals.get(event.proposalId);
  if (proposal === undefined || event.decidedAt < proposal.expiresAt) return;
  close(turn, proposal, { state: 'expired', by: 'engine', at: event.decidedAt });
}
