import { worthOf } from '../instruments/worth.ts';
import { divide } from '../money/fixed.ts';
import type { Money, Price } from '../money/fixed.ts';
import { add, subtract, ZERO_MONEY } from '../money/money.ts';
import type { Lot } from './lots.ts';
import type { BookedPart, SubLedgers } from './sub-ledgers.ts';

/** What has moved the money of one owner of positions since the account was first seen. */
export interface OwnerResult {
  /** Σ of its parts of fills, fees included: below zero where it has paid more than it got. */
  readonly flow: Money;
  /** Of that, what the broker took on fills. */
  readonly fees: Money;
  /** Dividends, interest, cash for fractions of a share. */
  readonly income: Money;
  /** The broker's charges beside fills, below zero. */
  readonly charges: Money;
  /** Deposits, withdrawals, and what a person accepted: neither gain nor loss. Only the account itself has any. */
  readonly transfers: Money;
  /** What its units had cost when the account was first seen. */
  readonly openingCost: Money;
}

/** By owner. */
export type OwnerResults = ReadonlyMap<string, OwnerResult>;

export const NO_RESULT: OwnerResult = {
  flow: ZERO_MONEY,
  fees: ZERO_MONEY,
  income: ZERO_MONEY,
  charges: ZERO_MONEY,
  transfers: ZERO_MONEY,
  openingCost: ZERO_MONEY,
};

export const resultOf = (results: OwnerResults, owner: string): OwnerResult => results.get(owner) ?? NO_RESULT;

/** The same results with some money more in one field of one owner. */
export function withMoney(results: OwnerResults, owner: string, field: keyof OwnerResult, amount: Money): OwnerResults {
  if (amount === 0n) return results;
  const before = resultOf(results, owner);
  return new Map(results).set(owner, { ...before, [field]: add(before[field], amount) });
}

/** The same results with what executions were to their owners; `sign` −1n takes them out again. */
export function withParts(results: OwnerResults, parts: readonly BookedPart[], sign: 1n | -1n = 1n): OwnerResults {
  const after = new Map(results);
  for (const { owner, flow, fee } of parts) {
    const before = resultOf(after, owner);
    after.set(owner, { ...before, flow: (before.flow + sign * flow) as Money, fees: (before.fees + sign * fee) as Money });
  }
  return after;
}

/** An owner's part of an amount, as it is told. */
export interface OwnerShare {
  readonly owner: string;
  readonly amount: Money;
}

/** Cuts an amount in the ratio of weights that are not negative; the parts sum to it exactly. Nobody weighs anything: no parts. */
export function sharedOut(amount: Money, weights: ReadonlyMap<string, bigint>): readonly OwnerShare[] {
  const total = weights.values().reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return [];
  const shares: OwnerShare[] = [];
  let [weighed, given] = [0n, 0n];
  for (const [owner, weight] of [...weights].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    weighed += weight;
    const upTo = divide(amount * weighed, total, 'half-even');
    if (upTo !== given) shares.push({ owner, amount: (upTo - given) as Money });
    given = upTo;
  }
  return shares;
}

/** An owner's result, taken apart. What is not marked counts at its cost. */
export interface Attribution {
  readonly owner: string;
  /** Of what was closed, before fees. */
  readonly realizedPnl: Money;
  readonly unrealizedPnl: Money;
  readonly fees: Money;
  readonly income: Money;
  readonly charges: Money;
  /** All of it together: realised and open profit and income, less fees and charges. */
  readonly net: Money;
}

type PriceOf = (symbol: string) => Price | undefined;

function valueOf(lots: ReadonlyMap<string, readonly Lot[]>, priceOf: PriceOf): { readonly cost: Money; readonly worth: Money } {
  let [cost, worth] = [ZERO_MONEY, ZERO_MONEY];
  for (const [symbol, own] of lots) {
    const mark = priceOf(symbol);
    for (const { quantity, price } of own) {
      cost = add(cost, worthOf(symbol, quantity, price));
      worth = add(worth, worthOf(symbol, quantity, mark ?? price));
    }
  }
  return { cost, worth };
}

const NO_LOTS: ReadonlyMap<string, readonly Lot[]> = new Map();

export function attributionOf(owner: string, ledgers: SubLedgers, results: OwnerResults, priceOf: PriceOf): Attribution {
  const { flow, fees, income, charges, openingCost } = resultOf(results, owner);
  const { cost, worth } = valueOf(ledgers.get(owner) ?? NO_LOTS, priceOf);
  const unrealizedPnl = subtract(worth, cost);
  const realizedPnl = add(add(subtract(flow, openingCost), cost), fees);
  const net = subtract(add(add(realizedPnl, unrealizedPnl), add(income, charges)), fees);
  return { owner, realizedPnl, unrealizedPnl, fees, income, charges, net };
}

/** Every owner that ever had anything: their nets sum to what the account has made, transfers apart. */
export function attributions(ledgers: SubLedgers, results: OwnerResults, priceOf: PriceOf): readonly Attribution[] {
  const owners = new Set([...ledgers.keys(), ...results.keys()]);
  return [...owners].toSorted().map((owner) => attributionOf(owner, ledgers, results, priceOf));
}
