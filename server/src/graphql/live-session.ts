import type { Effect } from '../engine/effects.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { EngineState } from '../engine/state.ts';
import type { OrderIntent } from '../orders/order.ts';
import type { RiskPreview } from '../risk/order-preview.ts';

/** What the API needs of the running engine. */
export interface LiveSession {
  state(): EngineState;
  /** Resolves when the event and its facts are durable; rejects when the journal or the engine has stopped. */
  command(event: EngineEvent): Promise<{ readonly state: EngineState; readonly effects: readonly Effect[] }>;
  orderPreview(intent: OrderIntent): RiskPreview;
  /** Called after each new state; returns the way to stop. */
  onChange(listener: () => void): () => void;
}
