import type { EngineState } from '../../engine/state.ts';
import { TERMINAL_STATES } from '../../orders/order.ts';
import { Violated } from '../watch.ts';
import type { Check, Stepped } from '../watch.ts';
import type { Sight } from './sight.ts';
import { leftFor } from './stop.ts';
import { left, remainingOf } from './together.ts';

/** No two orders wait to take one order's place, and a chain fills no more than its newest asks for. */
function oneSuccessor(state: EngineState): void {
  const places = new Map<string, string>();
  for (const order of state.orders.values()) {
    const { replaces } = order.intent;
    if (replaces === undefined || order.state === 'denied' || order.state === 'rejected' || order.state === 'expired') continue;
    if (order.filledQuantity > 0n && left(state, order) < 0n)
      throw new Violated('chain', `${order.id} and those before it have filled more than ${order.id} asks for`);
    if (TERMINAL_STATES.has(order.state)) continue;
    const other = places.get(replaces);
    if (other !== undefined) throw new Violated('chain', `${other} and ${order.id} both wait to take the place of ${replaces}`);
    places.set(replaces, order.id);
  }
}

/** An order that only reduces is let through for no more than others leave to close: no two exits close one position. */
function noDoubleExit({ facts, before: was, after }: Stepped): void {
  for (const fact of facts) {
    if (fact.kind !== 'OrderChanged' || was.orders.has(fact.order.id)) continue;
    const { intent, state, decision, id } = fact.order;
    if (!intent.reduceOnly || state !== 'approved' || decision.decidedAt !== after.now) continue;
    // An exit that came with another order closes what that one opens; one that takes its place is held to what there is.
    if (intent.leg !== undefined && intent.replaces === undefined) continue;
    const most = [was, after].map((each) => leftFor(each, intent));
    const size = remainingOf(after, fact.order);
    if (most.every((left) => size > left))
      throw new Violated('exits', `${id} closes ${size} of ${intent.symbol}, and others leave ${most.join(' or ')}`);
  }
}

/** A price is rounded to a cent after a split. */
const CENT = 10_000_000n;

interface Stop {
  readonly symbol: string;
  readonly price: bigint;
  /** Below the price, to sell at. */
  readonly sells: boolean;
}

/** Stops that follow the price: those of strategies' orders by the order that they began with, those of positions by what they protect. */
function tighter() {
  const stops = new Map<string, Stop>();
  const look = (name: string, stop: Stop): void => {
    const known = stops.get(name);
    if (known !== undefined && (stop.sells ? stop.price < known.price : stop.price > known.price))
      throw new Violated('trailing', `${name} went from ${known.price} to ${stop.price}`);
    stops.set(name, stop);
  };
  /** As many times as many shares, each worth as much less. */
  const split = (symbol: string, from: bigint, to: bigint): void => {
    for (const [name, stop] of stops) {
      if (stop.symbol === symbol) stops.set(name, { ...stop, price: (stop.price * from) / to + (stop.sells ? -CENT : CENT) });
    }
  };
  return ({ facts, after, before: was }: Stepped): void => {
    for (const fact of facts) {
      if (fact.kind === 'PositionSplit') split(fact.symbol, fact.from, fact.to);
      if (fact.kind !== 'OrderChanged' || was.orders.has(fact.order.id)) continue;
      const { id, intent } = fact.order;
      const [stem, follows] = id.split('-trail-');
      if (follows === undefined || stem === undefined || intent.stopPrice === undefined) continue;
      const { symbol } = intent;
      const sells = intent.side === 'sell';
      const first = after.orders.get(stem)?.intent.stopPrice;
      if (first !== undefined && !stops.has(stem)) look(stem, { symbol, price: first, sells });
      look(stem, { symbol, price: intent.stopPrice, sells });
    }
    if (was.protections === after.protections) return;
    for (const { trail, stem, symbol, stopPrice: price, long } of after.protections.values())
      if (trail !== undefined && price !== undefined) look(`${symbol} of ${stem}`, { symbol, price, sells: long });
  };
}

const OF_STRANGERS: ReadonlySet<string> = new Set(['OrphanOrder', 'ForeignOrder']);

/** Nothing that was placed here is called a stranger's, and so taken down: an exit may be told of before the order that it hangs on is known to be there. */
function noStranger({ facts }: Stepped, { venue }: Sight): void {
  for (const fact of facts) {
    if (fact.kind !== 'AlertRaised' || !OF_STRANGERS.has(fact.alert.code)) continue;
    const order = venue.orders.get(fact.alert.id.slice(fact.alert.code.length + 1));
    if (order !== undefined && !order.foreign) throw new Violated('stranger', `${order.clientId} is ours: ${fact.alert.detail}`);
  }
}

/** What families, replacements and stops that follow promise: no double exit, one successor at a time, never looser, and none taken for a stranger's. */
export function familiesCheck(sight: Sight): Check {
  const noLooser = tighter();
  return {
    stepped: (step) => {
      noLooser(step);
      noStranger(step, sight);
      if (step.before.orders !== step.after.orders) {
        oneSuccessor(step.after);
        noDoubleExit(step);
      }
    },
  };
}
