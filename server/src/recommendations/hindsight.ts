import { worthOf } from '../instruments/worth.ts';
import { quantity } from '../money/fixed.ts';
import type { Money, Price } from '../money/fixed.ts';
import { proposerOf } from './recommendation.ts';
import type { Recommendation } from './recommendation.ts';

/** What an order that was not let go would have made by now, had it filled at the reference price: without costs, and without its exits. */
export interface Hindsight {
  readonly mark: Price;
  /** Gain on one unit: negative where it would have lost. */
  readonly perUnit: Money;
  readonly result: Money;
}

/** The newest price of a symbol, where one is known. */
export type MarkOf = (symbol: string) => Price | undefined;

const ONE = quantity('1');

/** `undefined` where the order was let go or still waits, where there was no price when it was proposed, and where there is none now. */
export function hindsightOf({ state, intent, evidence }: Recommendation, markOf: MarkOf): Hindsight | undefined {
  if (state !== 'rejected' && state !== 'expired') return undefined;
  const { referencePrice } = evidence;
  const mark = markOf(intent.symbol);
  if (referencePrice === undefined || mark === undefined) return undefined;
  const moved = (intent.side === 'buy' ? mark - referencePrice : referencePrice - mark) as Price;
  return { mark, perUnit: worthOf(intent.symbol, ONE, moved), result: worthOf(intent.symbol, intent.quantity, moved) };
}

/** Sum of what was not let go, by who wanted it, and how many of them there are prices for. */
export interface Missed {
  readonly result: Money;
  readonly count: number;
}

export function missedBy(recommendations: readonly Recommendation[], markOf: MarkOf): ReadonlyMap<string, Missed> {
  const sums = new Map<string, Missed>();
  for (const one of recommendations) {
    const hindsight = hindsightOf(one, markOf);
    if (hindsight === undefined) continue;
    const proposer = proposerOf(one);
    const before = sums.get(proposer);
    sums.set(proposer, { result: ((before?.result ?? 0n) + hindsight.result) as Money, count: (before?.count ?? 0) + 1 });
  }
  return sums;
}
