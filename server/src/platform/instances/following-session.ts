import { step } from '../../engine/step.ts';
import type { Session } from '../../engine/session.ts';
import type { Follower } from '../../engine/session/follower.ts';
import { riskContext } from '../../engine/risk-context.ts';
import type { EngineState } from '../../engine/state.ts';
import { previewOrder } from '../../risk/order-preview.ts';
import type { EngineWatch } from './engine-status.ts';

/** What an API needs of a session, whether the engine is in this process or in another. */
export type EngineView = Pick<
  Session,
  'state' | 'command' | 'onChange' | 'orderPreview' | 'latencies' | 'reconcileAgeMs' | 'requestsLeft' | 'halted'
>;

export interface FollowingOptions {
  readonly follower: Follower;
  readonly engine: EngineWatch;
  /** Brings an event to the engine; see there. */
  readonly command: Session['command'];
  readonly nowMs?: () => number;
}

/** The session of an instance without an engine: the state is the journal's, figures are those that the engine's process tells of itself. */
export function followingSession({ follower, engine, command, nowMs = Date.now }: FollowingOptions): EngineView {
  const status = () => engine.standing().status;
  const halted = (): string | undefined => status()?.halted;
  let shown: { readonly from: EngineState; readonly because: string; readonly state: EngineState } | undefined;
  /** An engine that has stopped for good has no record of it: its own process shows it as halted, and so does this one. */
  const state = (): EngineState => {
    const from = follower.state();
    const because = halted();
    if (because === undefined) return from;
    if (shown?.from !== from || shown.because !== because)
      shown = { from, because, state: step(from, { kind: 'StateUnreadable', at: from.now, reason: because }).state };
    return shown.state;
  };
  return {
    state,
    command,
    onChange: (listener) => {
      const stops = [follower.onChange(listener), engine.onChange(listener)];
      return () => stops.forEach((stop) => stop());
    },
    orderPreview: (intent) => previewOrder(intent, riskContext(state()), { collarMarketOrders: state().options.collarMarketOrders }),
    latencies: () => status()?.latencies ?? {},
    reconcileAgeMs: () => {
      const known = status();
      return known?.reconcileAgeMs === undefined ? undefined : known.reconcileAgeMs + Math.max(0, nowMs() - known.seenAt.getTime());
    },
    requestsLeft: () => status()?.requestsLeft,
    halted,
  };
}
