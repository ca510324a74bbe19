import type { PositionPartsFragment, TimeInForce } from '@tidemark/schema/documents';
import { billionths, decimalText, isWhole, times, wholePart } from '#lib/decimal.ts';
import { price, quantity } from '#lib/format.ts';
import type { AskedOrder } from '#lib/orders/order-desk.svelte.ts';

/** What of a position its exits are judged by. */
export type Held = Pick<PositionPartsFragment, 'symbol' | 'quantity' | 'available' | 'mark' | 'averagePrice' | 'stops'> & {
  readonly option: object | null;
};
/** As it was typed; what is empty is not wanted. */
export interface BracketDraft {
  readonly stop: string;
  readonly target: string;
  readonly quantity: string;
  readonly timeInForce: TimeInForce;
}
export type BracketField = 'stop' | 'target' | 'quantity' | 'timeInForce';

export interface ReadBracket {
  /** What would be sent; absent while something is wrong or nothing is wanted. */
  readonly order?: AskedOrder;
  readonly problems: Partial<Record<BracketField, string>>;
}

const NOUGHT = 0n;
/** An option's price is for one share. */
const CONTRACT_SHARES = 100n;
const isLong = ({ quantity: held }: Held): boolean => !held.startsWith('-');
const size = (value: bigint): bigint => (value < NOUGHT ? -value : value);

/** Units that a new pair of exits may be for: whole shares of what is available. */
export function unitsFor({ available, option }: Held): string {
  const free = billionths(available) ?? NOUGHT;
  const whole = wholePart(free);
  return decimalText(whole > NOUGHT || option !== null ? whole : free);
}

/** Why no exit can be added now, in words; `undefined` where one can. */
export function whyNoBracket(position: Held): string | undefined {
  if (position.mark === null) return 'No price has been seen yet: on which side of it an exit lies is not known.';
  if ((billionths(position.available) ?? NOUGHT) > NOUGHT) return undefined;
  return `All ${quantity(position.quantity.replace(/^-/, ''))} units are held back by working orders that close it. Replace or cancel those first.`;
}

const NO_NUMBER = 'Write digits with at most one point and nine decimals, like 12.5.';

/** What is wrong with a price: a stop lies on the losing side of the mark, a target on the winning one. */
function priceProblem(position: Held, kind: 'stop' | 'target', text: string): string | undefined {
  const [asked, mark] = [billionths(text), billionths(position.mark ?? '')];
  if (asked === undefined) return NO_NUMBER;
  if (asked <= NOUGHT) return 'It must be above zero.';
  if (mark === undefined) return 'No price has been seen yet.';
  const below = (kind === 'stop') === isLong(position);
  if (below ? asked < mark : asked > mark) return undefined;
  const whose = `The ${kind} of a ${isLong(position) ? 'long' : 'short'} position`;
  return `${whose} lies ${below ? 'below' : 'above'} the mark, ${price(position.mark)}: this one would close it at once.`;
}

function quantityProblem(position: Held, draft: BracketDraft): string | undefined {
  const [units, free] = [billionths(draft.quantity), billionths(position.available) ?? NOUGHT];
  if (units === undefined) return NO_NUMBER;
  if (units <= NOUGHT) return 'It must be above zero.';
  if (units > free) {
    const isHeldBack = free < size(billionths(position.quantity) ?? NOUGHT);
    return isHeldBack
      ? `At most ${quantity(position.available)} units are available: open orders hold back the rest.`
      : `Only ${quantity(position.available)} units are held.`;
  }
  if (isWhole(units)) return undefined;
  if (position.option !== null) return 'Options trade in whole contracts.';
  if (draft.stop.trim() !== '' && draft.target.trim() !== '')
    return `A pair is for whole units: at most ${quantity(decimalText(wholePart(free)))}. A stop or a target alone may be for a fraction.`;
  return undefined;
}

function lifeProblem(position: Held, draft: BracketDraft): string | undefined {
  if (draft.timeInForce === 'DAY') return undefined;
  if (position.option !== null) return 'An option order is for the day.';
  const units = billionths(draft.quantity);
  return units === undefined || isWhole(units) ? undefined : 'An order for a fraction of a unit is for the day.';
}

function orderFor(position: Held, draft: BracketDraft): AskedOrder {
  const [stop, target] = [draft.stop.trim(), draft.target.trim()];
  const base = {
    symbol: position.symbol,
    side: isLong(position) ? 'SELL' : 'BUY',
    quantity: draft.quantity.trim(),
    timeInForce: draft.timeInForce,
    reduceOnly: true,
  } as const;
  if (stop !== '' && target !== '') return { ...base, type: 'LIMIT', limitPrice: target, orderClass: 'OCO', stopLoss: { stopPrice: stop } };
  return stop === '' ? { ...base, type: 'LIMIT', limitPrice: target } : { ...base, type: 'STOP', stopPrice: stop };
}

/** The order that the form asks for: both prices are a pair, of which one cancels the other; or what is wrong with it. */
export function readBracket(position: Held, draft: BracketDraft): ReadBracket {
  const [stop, target] = [draft.stop.trim(), draft.target.trim()];
  if (stop === '' && target === '') return { problems: {} };
  const found: readonly (readonly [BracketField, string | undefined])[] = [
    [
      'stop',
      stop === ''
        ? undefined
        : position.option === null
          ? priceProblem(position, 'stop', stop)
          : 'Brokers hold no stop for an option. A target can close it.',
    ],
    ['target', target === '' ? undefined : priceProblem(position, 'target', target)],
    ['quantity', quantityProblem(position, draft)],
    ['timeInForce', lifeProblem(position, draft)],
  ];
  const problems = Object.fromEntries(found.flatMap(([field, problem]) => (problem === undefined ? [] : [[field, problem]])));
  return Object.keys(problems).length > 0 ? { problems } : { order: orderFor(position, draft), problems };
}

export interface Outlook {
  /** From the mark to the stops, with the new one, and the whole value of what none covers; money. Null where it has no bound, or is not known. */
  readonly atRisk: string | null;
  /** What it counts, or why there is none. */
  readonly basis: string;
  /** Gain of the units against their average entry where the stop, or the target, is met exactly; without fees. Null where there is none. */
  readonly atStop: string | null;
  readonly atTarget: string | null;
}

/** The stops that stand, with one more: the nearest to the mark first. `undefined` where only the broker knows one. */
function stopsWith(
  position: Held,
  price: bigint,
  units: bigint,
): readonly { readonly distance: bigint; readonly units: bigint }[] | undefined {
  const mark = billionths(position.mark ?? '') ?? NOUGHT;
  const all = [
    ...position.stops.map((one) => ({
      price: one.price === null ? undefined : billionths(one.price),
      units: billionths(one.quantity) ?? NOUGHT,
    })),
    { price, units },
  ];
  const measured = all.flatMap(({ price: at, units: covers }) => {
    if (at === undefined) return [];
    const away = isLong(position) ? mark - at : at - mark;
    return [{ distance: away > NOUGHT ? away : NOUGHT, units: covers }];
  });
  if (measured.length < all.length) return undefined;
  return measured.toSorted((left, right) => (left.distance < right.distance ? -1 : left.distance > right.distance ? 1 : 0));
}

/** What the position risks with the stop, as the server will count it: the stops cover units from the nearest on. */
function riskWith(position: Held, price: bigint, units: bigint): Pick<Outlook, 'atRisk' | 'basis'> {
  const mark = billionths(position.mark ?? '');
  if (mark === undefined) return { atRisk: null, basis: 'No price has been seen yet.' };
  const stops = stopsWith(position, price, units);
  if (stops === undefined)
    return { atRisk: null, basis: 'Another stop follows the market at the broker: only the broker knows where it is.' };
  let bare = size(billionths(position.quantity) ?? NOUGHT);
  let risk = NOUGHT;
  for (const stop of stops) {
    const covered = stop.units < bare ? stop.units : bare;
    risk += times(covered, stop.distance);
    bare -= covered;
  }
  const left = quantity(decimalText(bare));
  if (bare > NOUGHT && !isLong(position)) return { atRisk: null, basis: `${left} units short have no stop, and so no bound.` };
  const basis =
    bare === NOUGHT
      ? 'From the mark to the stop, without gaps and fees.'
      : `With the whole value of ${left} units that no stop covers; without gaps and fees.`;
  return { atRisk: decimalText(risk + times(bare, mark)), basis };
}

/** What the order would come to, before it is sent. */
export function outlookOf(position: Held, { quantity: units, stopPrice, stopLoss, limitPrice }: AskedOrder): Outlook {
  const entry = billionths(position.averagePrice) ?? NOUGHT;
  const amount = (billionths(units) ?? NOUGHT) * (position.option === null ? 1n : CONTRACT_SHARES);
  const stop = billionths(stopLoss?.stopPrice ?? stopPrice ?? '');
  const target = billionths(limitPrice ?? '');
  const gain = (price: bigint | undefined): string | null =>
    price === undefined ? null : decimalText(times(amount, isLong(position) ? price - entry : entry - price));
  const risk =
    stop === undefined
      ? { atRisk: null, basis: 'Without a stop nothing is bounded.' }
      : riskWith(position, stop, billionths(units) ?? NOUGHT);
  return { ...risk, atStop: gain(stop), atTarget: gain(target) };
}
