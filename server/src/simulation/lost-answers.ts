import { UNLIMITED } from '../risk/limits.ts';
import type { Act, Hours } from './day.ts';
import type { Dice } from './dice.ts';
import { faultsAt } from './faults.ts';
import type { FaultName } from './faults.ts';
import type { Plan } from './world.ts';

const HOURS: Hours = { openAt: Date.parse('2024-05-14T13:30:00Z'), closeAt: Date.parse('2024-05-14T20:00:00Z') };
/** Each is traded to one side alone: orders of two sides would be refused as wash trades. */
const SYMBOLS = { ALDR: 'buy', BIRC: 'sell', CEDR: 'buy', DOGW: 'sell' } as const;
const NAMES = ['ALDR', 'BIRC', 'CEDR', 'DOGW'] as const;

/** Beside every answer to an order, much of what would tell of it by the stream is lost, late or told twice. */
const RATES: Readonly<Partial<Record<FaultName, number>>> = {
  'update-dropped': 0.4,
  'update-duplicated': 0.2,
  'update-reordered': 0.2,
  'partial-fill': 0.5,
};
const SECOND = 1_000;
/** From one order to the next, in the mean: some twenty are in doubt at once. */
const APART_MS = 400;
const LIVENESS_MS = 200 * SECOND;

/** Look-ups of single orders are lost, and answered from a while ago; what is asked of the whole account is told truly, so that trading goes on. */
function rateOf(name: FaultName, subject: string): number {
  const submission = subject.startsWith('submit ');
  const lookUp = subject.startsWith('order ');
  if (name === 'timeout-after-accept') return submission ? 1 : lookUp ? 0.2 : 0;
  if (name === 'timeout-before-accept') return lookUp ? 0.2 : 0;
  if (name === 'snapshot-behind') return lookUp ? 0.5 : 0;
  return RATES[name] ?? 0;
}

function pricesOf(dice: Dice, symbol: string, until: number): Act[] {
  const acts: Act[] = [];
  let cents = dice.whole(`price ${symbol}`, 2_000, 20_000);
  for (let at = HOURS.openAt - 2 * SECOND, number = 1; at < until; at += 3 * SECOND, number += 1) {
    const id = `price-${symbol}-${number}`;
    acts.push({ id, at, kind: 'price', symbol, cents });
    cents = Math.round(cents * (1 + dice.between(`move ${id}`, -0.004, 0.004)));
  }
  return acts;
}

/** Market orders, limits that fill at once, and limits that rest. */
function ticketOf(dice: Dice, number: number): Act {
  const id = `lost-${number}`;
  const symbol = dice.pick(`symbol ${id}`, NAMES);
  const side = SYMBOLS[symbol];
  const type = dice.pick(`type ${id}`, ['market', 'limit', 'limit'] as const);
  const ahead = dice.pick(`ahead ${id}`, [10, -2, -60]);
  const at = HOURS.openAt + 5 * SECOND + number * APART_MS + dice.between(`at ${id}`, 0, APART_MS);
  const shares = dice.whole(`shares ${id}`, 1, 20);
  return { id, at, kind: 'ticket', symbol, side, shares, type, offset: side === 'buy' ? ahead : -ahead, gtc: true };
}

/** Part of a day in which the broker takes every order, and no answer to one ever comes back. */
export const lostAnswers =
  (orders: number) =>
  (dice: Dice, without: ReadonlySet<string>): Plan => {
    const faultsEndAt = HOURS.openAt + 30 * SECOND + orders * APART_MS;
    const fixed: Act = { id: 'open', at: HOURS.openAt, kind: 'open' };
    const tickets = Array.from({ length: orders }, (_, number) => ticketOf(dice, number));
    const free = [...NAMES.flatMap((symbol) => pricesOf(dice, symbol, faultsEndAt)), ...tickets];
    const acts = [fixed, ...free.filter(({ id }) => !without.has(`act:${id}`))].sort((left, right) => left.at - right.at);
    return {
      faults: faultsAt(rateOf, dice, without),
      day: {
        families: false,
        hours: HOURS,
        symbols: NAMES,
        startsAt: HOURS.openAt - 5 * SECOND,
        faultsEndAt,
        endsAt: faultsEndAt + LIVENESS_MS,
        gaps: [],
        acts,
      },
      limits: UNLIMITED,
    };
  };
