import { newYorkDate } from '../../instruments/calendar.ts';
import { isOptionSymbol } from '../../instruments/option-symbol.ts';
import { multiplierOf } from '../../instruments/worth.ts';
import { format } from '../../money/fixed.ts';
import type { Quantity } from '../../money/fixed.ts';
import type { Denial } from '../../orders/order.ts';
import type { Control, ControlInput } from '../control-input.ts';
import type { OptionContractView } from '../options.ts';
import type { RiskContext } from '../types.ts';
import { textDenial } from './denial.ts';

const CODE = 'OptionStrategy';

/**
 * Only what can lose no more than the gate counts: long calls and puts, and calls that held shares cover, never on the day of expiry. A spread is opened as one order
 * of several legs, which the engine does not carry: leg by leg, what its width can lose would be in no figure. What covers a short option, shares or another
 * option, is not sold before it, except by the kill switch: that would be no exit, but an open-ended risk.
 */
export const optionStrategy: Control = (input, context) => {
  const { intent, isEntry } = input;
  if (context.limits.unchecked === true) return [];
  if (!isEntry) return intent.origin.kind === 'flatten' ? [] : uncovers(input, context);
  if (!isOptionSymbol(intent.symbol)) return [];
  const contract = context.options?.contracts.get(intent.symbol);
  if (contract === undefined) return [textDenial(CODE, `The contract of ${intent.symbol} is not known.`, 'a known contract', 'unknown')];
  const today = newYorkDate(context.now);
  if (contract.expiresOn <= today)
    return [
      textDenial(
        CODE,
        `${intent.symbol} expires on ${contract.expiresOn}: nothing is opened on its last day.`,
        `after ${today}`,
        contract.expiresOn,
      ),
    ];
  return intent.side === 'buy' ? [] : uncovered(contract, input, context, 'shares');
};

/** Units held, less what open orders on the way out would sell. */
function sure(symbol: string, { after }: ControlInput): Quantity {
  const of = after.bySymbol.get(symbol);
  return (of !== undefined && of.position > 0n ? of.closable : 0n) as Quantity;
}

/** Units that are short, or would be with every open sell filled. */
function shortUnits(symbol: string, { after }: ControlInput): bigint {
  const of = after.bySymbol.get(symbol);
  const held = of === undefined || of.position > 0n ? 0n : -of.position;
  return held + (of !== undefined && of.opened < 0n ? -of.opened : 0n);
}

/** What may bound a short contract: shares alone where it is opened; where it is held, long ones that end with it or later as well. */
type Cover = 'shares' | 'shares and options';

/** Σ of short contracts of one underlying and right, and of what bounds them. */
function coverOf(
  contract: OptionContractView,
  input: ControlInput,
  { options }: RiskContext,
  by: Cover,
): { readonly short: bigint; readonly cover: bigint } {
  let short = 0n;
  let cover = 0n;
  for (const other of options?.contracts.values() ?? []) {
    if (other.underlying !== contract.underlying || other.right !== contract.right) continue;
    short += shortUnits(other.symbol, input);
    if (by === 'shares and options' && other.expiresOn >= contract.expiresOn) cover += sure(other.symbol, input);
  }
  if (contract.right === 'call') cover += sure(contract.underlying, input) / multiplierOf(contract.symbol);
  return { short, cover };
}

function uncovered(contract: OptionContractView, input: ControlInput, context: RiskContext, by: Cover): readonly Denial[] {
  const { short, cover } = coverOf(contract, input, context, by);
  if (short <= cover) return [];
  const message = `Selling ${contract.symbol} would leave ${format(short as Quantity)} short contracts and ${format(cover as Quantity)} that bound them.`;
  return [textDenial(CODE, message, format(cover as Quantity), format(short as Quantity))];
}

/** An order that closes shares or contracts which bound a short option. */
function uncovers(input: ControlInput, context: RiskContext): readonly Denial[] {
  const { intent } = input;
  if (intent.side !== 'sell' || context.options === undefined) return [];
  const own = context.options.contracts.get(intent.symbol);
  for (const contract of context.options.contracts.values()) {
    const bound =
      own === undefined
        ? contract.underlying === intent.symbol && contract.right === 'call'
        : contract.underlying === own.underlying && contract.right === own.right;
    if (!bound || shortUnits(contract.symbol, input) === 0n) continue;
    const denials = uncovered(contract, input, context, 'shares and options');
    if (denials.length > 0)
      return [
        textDenial(CODE, `${intent.symbol} covers a short option: buy that back first.`, denials[0]?.limit ?? '', denials[0]?.actual ?? ''),
      ];
  }
  return [];
}
