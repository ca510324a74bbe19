import type { JournalDraft } from '../journal/journal.ts';
import { isAction } from './effects.ts';
import type { Action, Effect } from './effects.ts';
import type { EngineEvent, EventKind } from './events.ts';
import type { EngineState } from './state.ts';

export type EntryDraft = Omit<JournalDraft, 'cause'> & { readonly cause: number | 'first' | undefined };

type Named = Extract<EngineEvent, { readonly by: string }>['kind'];

/** Where the events come from that name nobody. */
const SOURCES: Readonly<Record<Exclude<EventKind, Named>, 'feed' | 'broker' | 'engine' | 'strategy'>> = {
  InstrumentListed: 'feed',
  InstrumentsProfiled: 'feed',
  BarsClosed: 'feed',
  BarRefused: 'feed',
  Marked: 'feed',
  SessionOpened: 'feed',
  SessionClosed: 'feed',
  ClockTicked: 'engine',
  SymbolHalted: 'feed',
  ClockSkewMeasured: 'engine',
  ModelDriftMeasured: 'engine',
  StrategyDecided: 'strategy',
  StrategyWarmed: 'strategy',
  StrategyFailed: 'strategy',
  BrokerConnected: 'broker',
  BrokerDisconnected: 'broker',
  OrderAcknowledged: 'broker',
  OrderRejected: 'broker',
  OrderOutcomeUnknown: 'broker',
  OrderNotFound: 'broker',
  OrderUpdated: 'broker',
  ExecutionFound: 'broker',
  ExecutionBusted: 'broker',
  ExecutionCorrected: 'broker',
  ActivityReported: 'broker',
  AccountReported: 'broker',
  Reconciled: 'broker',
  OrdersListed: 'broker',
  NoticeGiven: 'broker',
  SecondPersonRequired: 'engine',
  ChangeExpired: 'engine',
  StateUnreadable: 'engine',
};

/** Who made an event: a person or program by name, a strategy by id, the broker, or the feed. */
export function actorOf(event: EngineEvent): string {
  if ('by' in event) return event.by;
  if (event.kind === 'NoticeGiven' && event.part !== undefined) return event.part;
  if (event.kind === 'StrategyDecided') return `strategy:${event.decision.strategyId}`;
  if (event.kind === 'StrategyFailed' || event.kind === 'StrategyWarmed') return `strategy:${event.strategyId}`;
  return SOURCES[event.kind];
}

/** An action as it is written down: what its cause already holds is not repeated. */
function actionPayload(action: Action): unknown {
  switch (action.kind) {
    case 'AskStrategy': {
      // Entry prices and working orders follow from the entries before.
      const { kind, strategyId, at, positions, cash, equity } = action;
      return { kind, strategyId, at, positions, cash, equity };
    }
    case 'SubmitOrder': {
      const { intent, decision } = action.order;
      return { kind: action.kind, orderId: intent.id, decisionId: decision.id, fieldsHash: decision.fieldsHash };
    }
    case 'ReplaceOrder': {
      const { intent, decision } = action.order;
      const { kind, brokerOrderId } = action;
      return { kind, orderId: intent.id, brokerOrderId, decisionId: decision.id, fieldsHash: decision.fieldsHash };
    }
    case 'CancelOrder':
    case 'ReadFamily':
    case 'ResolveOrder':
    case 'Reconcile':
      return action;
  }
}

/** What is written of an effect: facts whole, actions in short. */
export const effectPayload = (effect: Effect): unknown => (isAction(effect) ? actionPayload(effect) : effect);

/** One event and all its effects as one batch of the journal, stamped with the engine's time after it. */
export function entriesOf(event: EngineEvent, state: EngineState, effects: readonly Effect[]): readonly EntryDraft[] {
  const first: EntryDraft = { kind: event.kind, type: 'event', at: state.now, actor: actorOf(event), cause: undefined, payload: event };
  const rest = effects.map((effect): EntryDraft => ({
    kind: effect.kind,
    type: isAction(effect) ? 'action' : 'fact',
    at: state.now,
    actor: 'engine',
    cause: 'first',
    payload: effectPayload(effect),
  }));
  return [first, ...rest];
}
