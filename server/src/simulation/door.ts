import { BrokerUnavailable } from '../orders/brokers/alpaca/outcomes.ts';
import { parseActivities } from '../orders/brokers/alpaca/parse-activity.ts';
import { parseAccount, parseClock, parseExecution, parseOrder, parsePosition } from '../orders/brokers/alpaca/parse.ts';
import { toNumber } from '../money/fixed.ts';
import type { Broker, BrokerStreamListener, CancelOutcome, SubmitOutcome } from '../orders/broker.ts';
import { assertApproved } from '../risk/gate.ts';
import type { ApprovedOrder } from '../risk/gate.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import type { Venue } from './venue.ts';
import type { Refusal, VenueChange, VenueOrder, VenueRequest } from './venue-types.ts';
import { orderJson } from './wire.ts';
import type { Json, RestView } from './wire.ts';

export interface DoorOptions {
  readonly dice: Dice;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly venue: Venue;
  readonly rest: RestView;
  /** Counts questions of each name over the whole run: so that each has a name of its own. */
  readonly number: (name: string) => number;
  readonly onSubmit: (order: ApprovedOrder) => void;
  readonly onCancel: (brokerOrderId: string) => void;
  readonly onAnswer: (orderId: string, kind: SubmitOutcome['kind']) => void;
  readonly listen: (listener: BrokerStreamListener) => () => void;
  /** Requests on their way to the venue, by client id: an order may still come of them. */
  readonly underWay: Map<string, number>;
}

/** How long a client waits for an answer. */
export const REQUEST_MS_MAX = 10_000;
const ARRIVAL_MS_MAX = 8_000;

interface Answer<T> {
  readonly kind: 'answer' | 'lost' | 'busy' | 'failed';
  readonly value?: T;
}

const isRefusal = (value: VenueOrder | Refusal | Json): value is Refusal => 'message' in value;

/** A word that the parser does not know, or the lack of one that it needs. */
function garbled(json: Json, subject: string, { dice, faults }: DoorOptions): Json {
  let told = json;
  if (faults.strikes('field-unknown', subject)) told = { ...told, subtag_v2: { nested: [1, null] }, [`new_${subject.length}`]: 'x' };
  if (faults.strikes('field-missing', subject)) {
    const gone = dice.pick(`missing ${subject}`, Object.keys(told));
    told = Object.fromEntries(Object.entries(told).filter(([name]) => name !== gone));
  }
  if (faults.strikes('malformed-answer', subject)) told = { message: '<html>502 Bad Gateway</html>' };
  return told;
}

/** One request: its way there, what it does there, and its way back, with everything that can go wrong with each. */
async function request<T>(options: DoorOptions, owner: Owner, subject: string, act: () => T): Promise<Answer<T>> {
  const { dice, faults, scheduler } = options;
  const slow = faults.strikes('slow-answer', subject);
  const there = dice.between(`there ${subject}`, 2, slow ? ARRIVAL_MS_MAX : 60);
  const back = dice.between(`back ${subject}`, 3, slow ? 22_000 : 120) + (faults.strikes('fill-before-answer', subject) ? 1_500 : 0);
  if (faults.strikes('timeout-before-accept', subject)) {
    await scheduler.wait(REQUEST_MS_MAX, owner);
    return { kind: 'lost' };
  }
  // On the wire it goes its way, whether or not who sent it still lives.
  const world: Owner = { alive: true };
  const busy = faults.strikes('rate-limited', subject);
  const failed = faults.strikes('server-error', subject);
  const loses = faults.strikes('timeout-after-accept', subject);
  const refused = busy || (failed && dice.draw(`early ${subject}`) < 0.5);
  const value = await new Promise<T | undefined | Unreadable>((resolve) => {
    scheduler.after(there, world, () => resolve(refused ? undefined : readable(act)));
  });
  if (busy || failed) {
    await scheduler.wait(back, owner);
    return { kind: busy ? 'busy' : 'failed' };
  }
  if (loses || there + back > REQUEST_MS_MAX) {
    await scheduler.wait(Math.max(1, REQUEST_MS_MAX - there), owner);
    return { kind: 'lost' };
  }
  await scheduler.wait(back, owner);
  if (value instanceof Unreadable) throw value.error;
  return { kind: 'answer', value: value as T };
}

/** An answer that the adapter cannot read is told to whoever asked, and only to him. */
class Unreadable {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

function readable<T>(act: () => T): T | Unreadable {
  try {
    return act();
  } catch (error) {
    return new Unreadable(error);
  }
}

const cents = (value: bigint | undefined): number | undefined => (value === undefined ? undefined : Number(value / 10_000_000n));

const optional = <K extends string, V>(name: K, value: V | undefined): { readonly [key in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [key in K]?: V });

/** An approved order's figures that a replace may change. */
const changeOf = ({ intent }: ApprovedOrder): VenueChange => ({
  clientId: intent.id,
  timeInForce: intent.timeInForce,
  shares: toNumber(intent.quantity),
  ...optional('limitCents', cents(intent.limitPrice)),
  ...optional('stopCents', cents(intent.stopPrice)),
  ...optional('trailCents', cents(intent.trail)),
  ...optional('trailParts', intent.trailRatio === undefined ? undefined : Number(intent.trailRatio)),
});

export function requestOf(order: ApprovedOrder): VenueRequest {
  const { symbol, side, type, orderClass, takeProfit, stopLoss } = order.intent;
  if (stopLoss?.limitPrice !== undefined) throw new Error('Invariant: the stops of simulated days have no limit');
  const exits = {
    ...optional('profitCents', cents(takeProfit?.limitPrice)),
    ...optional('lossCents', cents(stopLoss?.stopPrice)),
  };
  const family = orderClass === undefined || orderClass === 'simple' ? {} : { orderClass, ...exits };
  return { ...changeOf(order), symbol, side, type, ...family };
}

/** Questions that only read: each is answered from a little while ago. */
function reader(options: DoorOptions, owner: Owner) {
  const { dice, faults, scheduler, number } = options;
  return async <T>(name: string, look: (at: number, subject: string) => T): Promise<T> => {
    const subject = `${name}#${number(name)}`;
    const answer = await request(options, owner, subject, () => {
      const behind = faults.strikes('snapshot-behind', subject) ? dice.between(`behind ${subject}`, 0, 5_000) : 0;
      return look(scheduler.now() - behind, subject);
    });
    if (answer.kind !== 'answer') throw new BrokerUnavailable(`The broker did not tell ${subject}: ${answer.kind}`);
    return answer.value as T;
  };
}

/** An approved order goes to the venue, as a new one or in another's place. */
async function send(
  options: DoorOptions,
  owner: Owner,
  order: ApprovedOrder,
  what: 'submit' | 'replace',
  act: () => VenueOrder | Refusal,
): Promise<SubmitOutcome> {
  assertApproved(order);
  options.onSubmit(order);
  const subject = `${what} ${order.intent.id}#${options.number(`${what} ${order.intent.id}`)}`;
  const { underWay, scheduler, dice, rest } = options;
  underWay.set(order.intent.id, scheduler.now() + ARRIVAL_MS_MAX);
  const answer = await request(options, owner, subject, () => {
    underWay.delete(order.intent.id);
    const taken = act();
    if (isRefusal(taken)) return taken;
    // The answer may tell of the exits, or not.
    const withExits = dice.draw(`with exits ${subject}`) < 0.5 ? rest.family(taken.id, scheduler.now()) : undefined;
    return withExits ?? orderJson(taken);
  });
  if (answer.kind !== 'answer' || answer.value === undefined) return { kind: 'unknown', message: `no answer: ${answer.kind}` };
  const told = answer.value;
  if (isRefusal(told)) {
    if (told.code === 40_010_001) return { kind: 'unknown', message: told.message };
    return { kind: 'rejected', code: String(told.code), message: told.message };
  }
  try {
    return { kind: 'accepted', order: parseOrder(garbled(told, subject, options)) };
  } catch (error) {
    return { kind: 'unknown', message: String(error) };
  }
}

async function cancel(options: DoorOptions, owner: Owner, brokerOrderId: string): Promise<CancelOutcome> {
  options.onCancel(brokerOrderId);
  const subject = `cancel ${brokerOrderId}#${options.number(`cancel ${brokerOrderId}`)}`;
  const answer = await request(options, owner, subject, () => options.venue.cancel(brokerOrderId));
  if (answer.kind !== 'answer') return { kind: 'unknown', message: `no answer: ${answer.kind}` };
  if (answer.value === undefined) return { kind: 'requested' };
  return answer.value.status === 404 ? { kind: 'not-found' } : { kind: 'not-cancelable', message: answer.value.message };
}

/** The broker as one process of ours reaches it: through JSON and the adapter's own readers of it, over a wire that loses and delays. */
export function openDoor(options: DoorOptions, owner: Owner): Broker {
  const read = reader(options, owner);
  const { rest, venue, scheduler } = options;
  const answered = async (order: ApprovedOrder, what: 'submit' | 'replace', act: () => VenueOrder | Refusal): Promise<SubmitOutcome> => {
    const outcome = await send(options, owner, order, what, act);
    if (owner.alive) options.onAnswer(order.intent.id, outcome.kind);
    return outcome;
  };
  return {
    name: 'simulated world',
    mode: 'simulated',
    submit: async (order) => await answered(order, 'submit', () => venue.submit(requestOf(order))),
    cancel: (brokerOrderId) => cancel(options, owner, brokerOrderId),
    replace: async (brokerOrderId, order) => await answered(order, 'replace', () => venue.replace(brokerOrderId, changeOf(order))),
    family: (brokerOrderId) =>
      read(`family ${brokerOrderId}`, (at, subject) => {
        const found = rest.family(brokerOrderId, at);
        return found === undefined ? undefined : parseOrder(garbled(found, subject, options));
      }),
    account: () => read('account', (at, subject) => parseAccount(garbled(rest.account(at), subject, options))),
    clock: () =>
      read('clock', () => {
        const now = new Date(scheduler.now()).toISOString();
        return parseClock({ timestamp: now, is_open: venue.isOpen, next_open: now, next_close: now });
      }),
    positions: () =>
      read('positions', (at, subject) =>
        rest.positions(at).map((row, index) => parsePosition(garbled(row, `${subject}/${index}`, options))),
      ),
    openOrders: () =>
      read('orders', (at, subject) => rest.openOrders(at).map((row, index) => parseOrder(garbled(row, `${subject}/${index}`, options)))),
    orderByClientId: (clientId) =>
      read(`order ${clientId}`, (at, subject) => {
        const found = rest.order(clientId, at);
        return found === undefined ? undefined : parseOrder(garbled(found, subject, options));
      }),
    executions: (after) =>
      read('executions', (at, subject) =>
        rest.executions(after, at).map((row, index) => parseExecution(garbled(row, `${subject}/${index}`, options))),
      ),
    activities: (since) =>
      read('activities', (at, subject) =>
        parseActivities(
          rest.activities(since, at).map((row, index) => garbled(row, `${subject}/${index}`, options)),
          (error) => {
            throw error;
          },
        ),
      ),
    listen: async (listener) => {
      const stop = options.listen(listener);
      return await Promise.resolve(async () => {
        stop();
        await Promise.resolve();
      });
    },
  };
}
