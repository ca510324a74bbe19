import type { Origin } from '../orders/order.ts';
import { requesterOf } from './activity.ts';
import { tightens } from './limits.ts';
import type { LimitName, Limits, LimitValue } from './limits.ts';

/** Limits of one strategy or agent that differ from the account's: only where they are tighter do they matter. */
export type LimitLayer = ReadonlyMap<LimitName, LimitValue>;

/** Layers by who wants an order, as {@link requesterOf} names it: `strategy:…`, `agent:…`. */
export type LimitLayers = ReadonlyMap<string, LimitLayer>;

/** The account's limits and those of whoever wants the order: of each the tightest. */
export function limitsFor(account: Limits, layers: LimitLayers, origin: Origin): Limits {
  const layer = layers.get(requesterOf(origin));
  if (layer === undefined || account.unchecked === true) return account;
  const tight = [...layer].filter(([name, value]) => tightens(name, account[name], value));
  return tight.length === 0 ? account : Object.freeze({ ...account, ...Object.fromEntries(tight) });
}

/** A change that lets more risk through needs a proposal and a second person; every other takes effect at once. */
export const isLoosening = (name: LimitName, from: LimitValue, to: LimitValue): boolean => tightens(name, to, from);

/** A limit of a layer was never set: its first value is measured against the account's. */
export const layeredValue = (account: Limits, layers: LimitLayers, who: string, name: LimitName): LimitValue =>
  layers.get(who)?.get(name) ?? account[name];

export const withLayer = (layers: LimitLayers, who: string, name: LimitName, value: LimitValue): LimitLayers =>
  new Map(layers).set(who, new Map(layers.get(who)).set(name, value));
