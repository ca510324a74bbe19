import type { LimitLayers } from '../risk/layers.ts';
import { formatLimit, LIMIT_DEFINITIONS } from '../risk/limits.ts';
import type { Limits } from '../risk/limits.ts';
import { digestOf } from './agent-proposal.ts';

/** The risk policy as the engine holds it. */
export interface RiskPolicy {
  readonly limits: Limits;
  readonly layers: LimitLayers;
  readonly restrictions: Readonly<Record<'denied' | 'allowed' | 'excepted', readonly string[]>>;
}

/**
 * SHA-256 in hex over what bears on the orders of one requester, `strategy:<id>` or `agent:<id>`: every limit of the account, its own limits, and the lists of
 * symbols. Whoever approved by another policy approved something else.
 */
export function policyVersion({ limits, layers, restrictions }: RiskPolicy, requester: string): string {
  const { denied, allowed, excepted } = restrictions;
  const account = LIMIT_DEFINITIONS.map(({ name }) => [name, formatLimit(name, limits[name])]);
  const own = [...(layers.get(requester) ?? [])].map(([name, value]) => [name, formatLimit(name, value)]);
  return digestOf([account, own.toSorted(([left = ''], [right = '']) => (left < right ? -1 : 1)), [denied, allowed, excepted]]);
}
