import type { Instrument } from '../../instruments/instrument.ts';
import { format } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import type { Denial, OrderIntent } from '../../orders/order.ts';
import { classOf, CLASS_RULES, orderRuleProblems, TYPE_RULES } from '../../orders/order-rules.ts';
import type { Control, ControlInput } from '../control-input.ts';
import { FIXED_MAX, tickAt } from '../valuation.ts';

const ID = /^[\x21-\x7e]{1,128}$/;

const sanity = (message: string, limit: string, actual: string): Denial => ({ code: 'OrderSanity', message, limit, actual, unit: 'text' });

/**
 * What makes an intent impossible to reckon with: figures that are not positive fixed-point numbers, words that are not ours.
 * Such an intent is denied for this alone.
 */
export function malformedIntent(intent: OrderIntent): readonly Denial[] {
  const denials: Denial[] = [];
  const words: Readonly<Record<'id' | 'side' | 'type', unknown>> & { readonly orderClass?: unknown } = intent;
  const id = String(words.id);
  if (!ID.test(id)) denials.push(sanity('The order has no usable id.', '1 to 128 printable characters', id.slice(0, 140)));
  if (words.side !== 'buy' && words.side !== 'sell')
    denials.push(sanity('The side is neither buy nor sell.', 'buy or sell', String(words.side)));
  const type = String(words.type);
  if (!Object.hasOwn(TYPE_RULES, type)) denials.push(sanity('The type of the order is unknown.', Object.keys(TYPE_RULES).join(', '), type));
  const orderClass = typeof words.orderClass === 'string' ? words.orderClass : words.orderClass === undefined ? 'simple' : 'no word';
  if (!Object.hasOwn(CLASS_RULES, orderClass))
    denials.push(sanity('The class of the order is unknown.', Object.keys(CLASS_RULES).join(', '), orderClass));
  const figures: readonly (readonly [string, unknown, boolean])[] = [
    ['quantity', intent.quantity, true],
    ['limit price', intent.limitPrice, false],
    ['stop price', intent.stopPrice, false],
    ['protective stop', intent.protectiveStop, false],
    ['trailing distance', intent.trail, false],
    ['trailing fraction', intent.trailRatio, false],
    ['take profit', intent.takeProfit?.limitPrice, intent.takeProfit !== undefined],
    ['stop loss', intent.stopLoss?.stopPrice, intent.stopLoss !== undefined],
    ['limit of the stop loss', intent.stopLoss?.limitPrice, false],
  ];
  for (const [name, value, required] of figures) {
    if (value === undefined && !required) continue;
    if (typeof value !== 'bigint' || value <= 0n || value > FIXED_MAX) {
      const actual = typeof value === 'bigint' ? format(value as Price) : String(value);
      denials.push(sanity(`The ${name} is not a positive number.`, 'positive', actual));
    }
  }
  return denials;
}

/** The order makes sense by itself and for its instrument. The whole intent has passed {@link malformedIntent}. */
export const orderSanity: Control = (input) => [...fields(input), ...lane(input), ...stopSide(input), ...listing(input)];

/** Fields that belong together. */
function fields({ intent, instrument }: ControlInput): readonly Denial[] {
  const denials = orderRuleProblems(intent, instrument?.assetClass).map(({ message, limit, actual }) => sanity(message, limit, actual));
  if (intent.reduceOnly && intent.protectiveStop !== undefined) {
    denials.push(sanity('An order that only reduces has nothing to protect.', 'no protective stop', format(intent.protectiveStop)));
  }
  return [...denials, ...exits(intent)];
}

/** An order that carries its own stop loss is reckoned with that very stop; an OCO opens nothing. */
function exits(intent: OrderIntent): readonly Denial[] {
  const { protectiveStop, stopLoss } = intent;
  const denials: Denial[] = [];
  if (protectiveStop !== undefined && stopLoss !== undefined && protectiveStop !== stopLoss.stopPrice)
    denials.push(sanity('The protective stop is not the stop loss.', format(stopLoss.stopPrice), format(protectiveStop)));
  if (CLASS_RULES[classOf(intent)].exitOnly && !intent.reduceOnly)
    denials.push(sanity('An oco order only reduces what is held.', 'reduce only', 'an order that may open'));
  return denials;
}

/** A reduce-only order is no larger than what may still be closed. */
function lane({ intent, remaining, closable }: ControlInput): readonly Denial[] {
  if (!intent.reduceOnly || remaining <= closable) return [];
  const message = `A reduce-only order of ${format(remaining)} is larger than the ${format(closable)} that may still be closed.`;
  return [sanity(message, format(closable), format(remaining))];
}

/** A protective stop lies on the losing side of every price at which the order can fill. */
function stopSide({ intent, reference }: ControlInput): readonly Denial[] {
  const { protectiveStop, side } = intent;
  if (protectiveStop === undefined) return [];
  for (const at of [intent.limitPrice, intent.stopPrice, reference]) {
    if (at === undefined || (side === 'buy' ? protectiveStop < at : protectiveStop > at)) continue;
    const where = side === 'buy' ? 'below' : 'above';
    return [sanity(`The protective stop of a ${side} lies ${where} its price.`, `${where} ${format(at)}`, format(protectiveStop))];
  }
  return [];
}

/** Known, tradable, in steps of tick and lot. What is held may always be closed: the broker knows whether it can be. */
function listing({ intent, remaining, instrument, isEntry, entry, position, closable }: ControlInput): readonly Denial[] {
  if (instrument === undefined) return isEntry ? [sanity('The symbol is not known.', 'a listed symbol', intent.symbol.slice(0, 40))] : [];
  const denials: Denial[] = [];
  if (isEntry && !instrument.tradable) denials.push(sanity(`${instrument.symbol} cannot be traded.`, 'tradable', 'not tradable'));
  if (isEntry && intent.side === 'sell' && !instrument.shortable) {
    denials.push(
      sanity(
        `${instrument.symbol} cannot be sold short.`,
        'at most what is held',
        `${format(entry)} more than the ${format(position)} held`,
      ),
    );
  }
  const offLot = instrument.lot <= 0n || intent.quantity % instrument.lot !== 0n;
  if (offLot && remaining !== closable) {
    denials.push(sanity('The quantity is not a multiple of the lot.', format(instrument.lot), format(intent.quantity)));
  }
  return [...denials, ...ticks(intent, instrument)];
}

function ticks(intent: OrderIntent, instrument: Instrument): readonly Denial[] {
  const prices = [
    intent.limitPrice,
    intent.stopPrice,
    intent.protectiveStop,
    intent.takeProfit?.limitPrice,
    intent.stopLoss?.stopPrice === intent.protectiveStop ? undefined : intent.stopLoss?.stopPrice,
    intent.stopLoss?.limitPrice,
  ];
  const off = prices.filter((at): at is Price => at !== undefined && (instrument.tick <= 0n || at % tickAt(at, instrument) !== 0n));
  return off.map((at) => sanity('The price is not a multiple of the tick.', format(tickAt(at, instrument)), format(at)));
}
