import type { OptionLeg, PayoffLeg } from './payoff.ts';
import { payoffOf } from './payoff.ts';

/** What a set of legs on one underlying is called. */
export const OPTION_STRATEGIES = [
  'long-call',
  'long-put',
  'bull-call-spread',
  'bear-call-spread',
  'bear-put-spread',
  'bull-put-spread',
  'covered-call',
  'protective-put',
  'collar',
  'cash-secured-put',
  'naked-call',
  'straddle',
  'strangle',
  'butterfly',
  'iron-condor',
  'calendar',
  'shares',
  'other',
] as const;
export type OptionStrategyName = (typeof OPTION_STRATEGIES)[number];

/** The strategies that the risk policy lets in: what is lost is bounded, and known before. */
export const DEFINED_RISK: ReadonlySet<OptionStrategyName> = new Set([
  'long-call',
  'long-put',
  'bull-call-spread',
  'bear-call-spread',
  'bear-put-spread',
  'bull-put-spread',
  'covered-call',
]);

export interface Classified {
  readonly name: OptionStrategyName;
  readonly allowed: boolean;
  /** Why it is not allowed. */
  readonly reason?: string;
}

const sign = (value: bigint): number => (value > 0n ? 1 : value < 0n ? -1 : 0);
const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** Legs of one contract are one leg; what cancels out is gone. */
function merged(legs: readonly PayoffLeg[]): { readonly options: readonly OptionLeg[]; readonly shares: bigint } {
  const options = new Map<string, OptionLeg>();
  let shares = 0n;
  for (const leg of legs) {
    if (leg.kind === 'shares') {
      shares += leg.quantity;
      continue;
    }
    const key = `${leg.expiresOn} ${leg.right} ${leg.strike} ${leg.multiplier}`;
    const before = options.get(key);
    const quantity = ((before?.quantity ?? 0n) + leg.quantity) as OptionLeg['quantity'];
    options.set(key, { ...leg, quantity });
  }
  const left = [...options.values()].filter(({ quantity }) => quantity !== 0n);
  return {
    options: left.sort((one, other) => (one.strike < other.strike ? -1 : one.strike > other.strike ? 1 : one.right < other.right ? -1 : 1)),
    shares,
  };
}

function single(leg: OptionLeg): OptionStrategyName {
  if (leg.quantity > 0n) return leg.right === 'call' ? 'long-call' : 'long-put';
  return leg.right === 'call' ? 'naked-call' : 'cash-secured-put';
}

function pair(low: OptionLeg, high: OptionLeg): OptionStrategyName {
  if (size(low.quantity) !== size(high.quantity)) return 'other';
  if (low.right === high.right) {
    if (sign(low.quantity) === sign(high.quantity)) return 'other';
    if (low.expiresOn !== high.expiresOn) return 'calendar';
    if (low.right === 'call') return low.quantity > 0n ? 'bull-call-spread' : 'bear-call-spread';
    return low.quantity > 0n ? 'bull-put-spread' : 'bear-put-spread';
  }
  if (sign(low.quantity) !== sign(high.quantity) || low.expiresOn !== high.expiresOn) return 'other';
  return low.strike === high.strike ? 'straddle' : 'strangle';
}

function several(options: readonly OptionLeg[]): OptionStrategyName {
  const [one, two, three, four] = options;
  if (one === undefined || two === undefined || three === undefined) return 'other';
  const together = options.every(({ expiresOn, multiplier }) => expiresOn === one.expiresOn && multiplier === one.multiplier);
  if (!together) return 'other';
  if (options.length === 3) {
    const same = two.right === one.right && three.right === one.right;
    const wings = one.quantity === three.quantity && two.quantity === -2n * one.quantity && two.strike * 2n === one.strike + three.strike;
    return same && wings ? 'butterfly' : 'other';
  }
  if (options.length !== 4 || four === undefined) return 'other';
  const rights = options.map(({ right }) => right).join(' ') === 'put put call call';
  const signs = one.quantity === -two.quantity && three.quantity === -four.quantity && one.quantity === four.quantity;
  return rights && signs ? 'iron-condor' : 'other';
}

function withShares(options: readonly OptionLeg[], shares: bigint): OptionStrategyName {
  const [one, two] = options;
  if (one === undefined) return 'shares';
  if (shares < 0n) return 'other';
  const covers = (leg: OptionLeg): boolean => size(leg.quantity) * BigInt(leg.multiplier) <= shares;
  if (two === undefined) {
    if (one.right === 'call' && one.quantity < 0n) return covers(one) ? 'covered-call' : 'naked-call';
    return one.right === 'put' && one.quantity > 0n ? 'protective-put' : 'other';
  }
  if (options.length > 2) return 'other';
  const call = options.find(({ right }) => right === 'call');
  const put = options.find(({ right }) => right === 'put');
  const collar = call !== undefined && put !== undefined && call.quantity < 0n && put.quantity > 0n && covers(call);
  return collar ? 'collar' : 'other';
}

function nameOf(options: readonly OptionLeg[], shares: bigint): OptionStrategyName {
  if (shares !== 0n) return withShares(options, shares);
  const [one, two] = options;
  if (one === undefined) return 'other';
  if (two === undefined) return single(one);
  return options.length === 2 ? pair(one, two) : several(options);
}

/**
 * Names a set of legs on one underlying, and says whether the risk policy lets them in: defined risk, and not on the day of their expiry.
 */
export function classify(legs: readonly PayoffLeg[], today: string): Classified {
  const { options, shares } = merged(legs);
  const name = nameOf(options, shares);
  const last = options.find(({ expiresOn }) => expiresOn <= today);
  if (last !== undefined) return { name, allowed: false, reason: `it expires on ${last.expiresOn}: nothing is opened on its last day` };
  if (DEFINED_RISK.has(name)) return { name, allowed: true };
  const { maxLoss } = payoffOf(legs);
  const reason = maxLoss === undefined ? 'what it can lose has no bound' : `${name} is not among long options, verticals and covered calls`;
  return { name, allowed: false, reason };
}
