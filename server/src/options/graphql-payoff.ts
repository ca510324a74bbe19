import type { Builder } from '../graphql/builder.ts';
import { badInput } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import { STANDARD_MULTIPLIER } from '../instruments/option-contract.ts';
import { isOptionSymbol, optionTermsOf } from '../instruments/option-symbol.ts';
import { DecimalTextError, price, quantity } from '../money/fixed.ts';
import { payoffOf } from './payoff.ts';
import type { Payoff, PayoffLeg } from './payoff.ts';
import { classify } from './strategy.ts';
import type { Classified } from './strategy.ts';

const SHARES = /^[A-Z]{1,6}$/;
const PAYOFF_LEGS_MAX = 16;

export type PayoffView = Classified & Payoff;

interface LegInput {
  readonly symbol: string;
  readonly quantity: string;
  readonly price: string;
}

/** Names a set of legs and bounds it. Contracts count as standard ones unless they are stored with another multiplier. */
async function payoffView(legs: readonly LegInput[], { options }: Context): Promise<PayoffView> {
  if (legs.length === 0 || legs.length > PAYOFF_LEGS_MAX) throw badInput(`legs must be 1 to ${PAYOFF_LEGS_MAX}`);
  const stored = await options.options(legs.flatMap(({ symbol }) => (isOptionSymbol(symbol) ? [symbol] : [])));
  const multipliers = new Map(stored.map(({ contract }) => [contract.symbol, contract.multiplier]));
  const parsed = legs.map((leg) => payoffLeg(leg, multipliers.get(leg.symbol) ?? STANDARD_MULTIPLIER));
  if (new Set(parsed.map(({ underlying }) => underlying)).size > 1) throw badInput('legs must have one underlying');
  const of = parsed.map(({ leg }) => leg);
  return { ...classify(of, options.today()), ...payoffOf(of) };
}

function payoffLeg(
  { symbol, quantity: size, price: paid }: LegInput,
  multiplier: number,
): { readonly underlying: string; readonly leg: PayoffLeg } {
  try {
    const shared = { quantity: quantity(size), price: price(paid) };
    const terms = optionTermsOf(symbol);
    if (terms === undefined && !SHARES.test(symbol)) throw badInput(`"${symbol.slice(0, 40)}" is neither an option nor a share`);
    return terms === undefined
      ? { underlying: symbol, leg: { kind: 'shares', ...shared } }
      : { underlying: terms.root, leg: { kind: 'option', ...terms, multiplier, ...shared } };
  } catch (error) {
    if (error instanceof DecimalTextError) throw badInput(error.message);
    throw error;
  }
}

export function addPayoff(builder: Builder): void {
  const legInput = builder.inputType('PayoffLegInput', {
    fields: (t) => ({
      symbol: t.string({ required: true, description: 'A compact OCC symbol, or that of shares.' }),
      quantity: t.string({ required: true, description: 'Signed contracts or shares.' }),
      price: t.string({ required: true, description: 'Paid for one share.' }),
    }),
  });
  builder.objectType('OptionPayoff', {
    description: 'What a set of legs is called, and what it can win and lose at expiry after its cost.',
    fields: (t) => ({
      strategy: t.string({ resolve: ({ name }) => name }),
      allowed: t.exposeBoolean('allowed', { description: 'Whether the risk policy lets it in: defined risk, and not on its last day.' }),
      reason: t.exposeString('reason', { nullable: true }),
      maxLoss: t.expose('maxLoss', { type: 'Decimal', nullable: true, description: 'Null: without bound.' }),
      maxGain: t.expose('maxGain', { type: 'Decimal', nullable: true, description: 'Null: without bound.' }),
      cost: t.expose('cost', { type: 'Decimal', description: 'Below zero: the legs bring in.' }),
    }),
  });
  builder.queryField('optionPayoff', (t) =>
    t.field({
      type: 'OptionPayoff',
      args: { legs: t.arg({ type: [legInput], required: true }) },
      resolve: (_root, { legs }, context) => payoffView(legs, context),
    }),
  );
}
