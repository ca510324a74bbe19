import type { EngineEvent } from '../../engine/events.ts';
import type { Order } from '../../orders/order.ts';
import type { Recommendation } from '../../recommendations/recommendation.ts';
import type { ExecutionMode } from '../../strategies/execution.ts';
import { Violated } from '../watch.ts';
import type { Check, Stepped } from '../watch.ts';
import { isExit } from './stop.ts';

/** Whether the step is a person's word on this very order, for no more than what they were asked about. */
function isLetGo({ id, intent }: Order, event: EngineEvent, asked: Recommendation | undefined): boolean {
  if (event.kind !== 'RecommendationDecided' || event.recommendationId !== id || asked === undefined) return false;
  const { verdict } = event;
  if (verdict.kind === 'reject' || event.confirmedAt === undefined) return false;
  const most = verdict.kind === 'reduce' ? verdict.quantity : asked.intent.quantity;
  const isAsked = intent.symbol === asked.intent.symbol && intent.side === asked.intent.side && intent.quantity <= most;
  return isAsked && most <= asked.intent.quantity;
}

/** A person replaces an order, or the engine moves one that follows the market: what was let go before, and no more of it unless a person says so. */
function isReplacement({ intent }: Order, { before, event }: Stepped): boolean {
  const replaced = before.orders.get(intent.replaces ?? '');
  return replaced !== undefined && (event.kind === 'ReplaceRequested' || intent.quantity <= replaced.intent.quantity);
}

/** I33: nothing that a strategy opens in shadow is sent, and what it recommends goes when a person says so: once, in time, and never more. */
export function peopleCheck(): Check {
  const modes = new Map<string, ExecutionMode>();
  const waiting = new Map<string, Recommendation>();
  const judge = (order: Order, step: Stepped): void => {
    const { before, after, event } = step;
    const { id, intent } = order;
    if (intent.origin.kind !== 'strategy' || intent.reduceOnly || isExit(before, intent) || isExit(after, intent)) return;
    const mode = modes.get(intent.origin.strategyId) ?? 'automatic';
    if (mode === 'automatic' || isReplacement(order, step)) return;
    const asked = waiting.get(id);
    if (mode === 'shadow') throw new Violated('I33', `${id} opens a position for a strategy in shadow`);
    if (!isLetGo(order, event, asked)) throw new Violated('I33', `${id} opens a position, and no person let it go in this step`);
    if (asked !== undefined && after.now >= asked.expiresAt) throw new Violated('I33', `${id} was let go after it had expired`);
  };
  return {
    stepped: (step) => {
      for (const fact of step.facts) {
        if (fact.kind === 'OrderChanged' && !step.before.orders.has(fact.order.id) && fact.order.state === 'approved')
          judge(fact.order, step);
        if (fact.kind === 'StrategyChanged') modes.set(fact.strategy.config.id, fact.strategy.execution?.mode ?? 'automatic');
        if (fact.kind !== 'RecommendationChanged') continue;
        const { recommendation } = fact;
        if (recommendation.state === 'waiting') waiting.set(recommendation.id, recommendation);
        // What was refused when it was proposed has never waited.
        else if (recommendation.state !== 'refused' && !waiting.delete(recommendation.id))
          throw new Violated('I33', `${recommendation.id} has ended twice`);
      }
    },
  };
}
