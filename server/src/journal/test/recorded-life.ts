import { initialState } from '../../engine/initial-state.ts';
import { entriesOf } from '../../engine/journal-entries.ts';
import type { EntryDraft } from '../../engine/journal-entries.ts';
import type { Effect } from '../../engine/effects.ts';
import type { EngineEvent } from '../../engine/events.ts';
import type { EngineState } from '../../engine/state.ts';
import { step } from '../../engine/step.ts';
import { coreVenue } from '../../engine/test/core-venue.ts';
import type { CoreVenue } from '../../engine/test/core-venue.ts';
import { ALDER, NOON, STRATEGY, ticketIntent } from '../../engine/test/desk.ts';
import { ENGINE } from '../../engine/test/session-world.ts';
import { priceFromNumber, quantityFromNumber, ratio } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { OrderIntent } from '../../orders/order.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import type { Wished } from '../../strategies/strategy.ts';
import { EMPTY_HEAD, link } from '../chain.ts';
import type { Head } from '../chain.ts';
import { decode } from '../codec.ts';
import type { JournalEntry } from '../journal.ts';

/** One thing that a made-up day brings; numbers pick what exactly. */
export type Happening = readonly [what: 'bar' | 'mark' | 'ticket' | 'cancel' | 'kill' | 'release' | 'limit' | 'tick', number];

export const HAPPENINGS = ['bar', 'mark', 'ticket', 'cancel', 'kill', 'release', 'limit', 'tick'] as const;

/** What the engine wrote down, a batch an event, and what it knew at the end. */
export interface RecordedLife {
  readonly batches: readonly (readonly EntryDraft[])[];
  readonly state: EngineState;
}

export const LIFE_START: EngineState = initialState(ENGINE, UNLIMITED);

interface Teller {
  state: EngineState;
  readonly batches: (readonly EntryDraft[])[];
  readonly venue: CoreVenue;
  day: number;
  now: Instant;
}

/** Deterministic prices around 100: up and down by a few percent, so that the strategy turns. */
const closeOn = (day: number, pick: number): number => Math.round(100 * (100 + 8 * Math.sin(day * 1.3) + (pick % 7) - 3)) / 100;

function wishesAt(close: number, before: number | undefined): readonly Wished[] {
  if (before === undefined || close === before) return [];
  return [{ symbol: 'ALDR', exposure: close > before ? 0.5 : -0.25, reason: close > before ? 'rose' : 'fell' }];
}

/** Gives the engine real events over the matching core of the simulated exchange, and writes down what it says. */
export function recordLife(happenings: readonly Happening[]): RecordedLife {
  const venue = coreVenue([ALDER], { commissionRate: ratio('0.001') }, NOON);
  const teller: Teller = { state: LIFE_START, batches: [], venue, day: 0, now: NOON };
  let before: number | undefined;
  const answerOf = (effect: Effect): readonly EngineEvent[] => {
    if (effect.kind === 'SubmitOrder') return venue.submit(effect.order, teller.state.now);
    if (effect.kind === 'CancelOrder') return venue.cancel(effect.brokerOrderId, teller.state.now);
    if (effect.kind !== 'AskStrategy') return [];
    const close = effect.bars[0]?.close ?? 0;
    const targets = wishesAt(close, before);
    before = close;
    return [
      { kind: 'StrategyDecided', at: effect.at, decision: { strategyId: effect.strategyId, version: 'v1', barAt: effect.at, targets } },
    ];
  };
  const give = (events: readonly EngineEvent[]): void => {
    const queue = [...events];
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const { state, effects } = step(teller.state, event);
      teller.state = state;
      teller.batches.push(entriesOf(event, state, effects));
      for (const effect of effects) queue.push(...answerOf(effect));
    }
  };
  give(venue.opening(NOON));
  give([
    { kind: 'StrategyCreated', at: NOON, by: 'user:ada', config: STRATEGY },
    { kind: 'StrategyEnabled', at: NOON, by: 'user:ada', strategyId: STRATEGY.id },
  ]);
  for (const [index, [what, pick]] of happenings.entries()) happen(teller, give, what, pick, index);
  return { batches: teller.batches, state: teller.state };
}

function happen(teller: Teller, give: (events: readonly EngineEvent[]) => void, what: Happening[0], pick: number, index: number): void {
  teller.now = instantFromMs(teller.now + 1000);
  const at = teller.now;
  switch (what) {
    case 'bar':
      return giveDay(teller, give, pick);
    case 'mark': {
      const price = priceFromNumber(closeOn(teller.day, pick));
      give([
        ...teller.venue.price('ALDR', price, at),
        { kind: 'Marked', at, marks: [{ symbol: 'ALDR', mark: { price, at, basis: 'trade' } }] },
      ]);
      return;
    }
    case 'ticket':
      return give([{ kind: 'OrderRequested', at, by: 'user:ada', intent: ticketOf(teller, pick, index) }]);
    case 'cancel': {
      const open = [...teller.state.orders.values()].filter(({ closedAt }) => closedAt === undefined);
      const order = open[pick % Math.max(1, open.length)];
      if (order !== undefined) give([{ kind: 'CancelRequested', at, by: 'user:ada', orderId: order.id }]);
      return;
    }
    case 'kill':
      return give([{ kind: 'KillSwitchEngaged', at, by: 'user:ada', action: pick % 2 === 0 ? 'freeze' : 'flatten', reason: 'drill' }]);
    case 'release':
      return give([{ kind: 'KillSwitchReleased', at, by: 'user:ada', reason: 'over' }]);
    case 'limit':
      return give([{ kind: 'LimitSet', at, by: 'user:ada', name: 'orderRiskRatioMax', value: `0.0${1 + (pick % 9)}`, reason: 'less' }]);
    case 'tick':
      give([{ kind: 'ClockTicked', at }]);
  }
}

function ticketOf(teller: Teller, pick: number, index: number): OrderIntent {
  const limit = closeOn(teller.day, pick % 5);
  return ticketIntent(`ticket-${index}`, {
    side: pick % 2 === 0 ? 'buy' : 'sell',
    quantity: quantityFromNumber(1 + (pick % 20)),
    limitPrice: priceFromNumber(limit),
    createdAt: teller.now,
  });
}

const DAY_MS = 86_400_000;

function giveDay(teller: Teller, give: (events: readonly EngineEvent[]) => void, pick: number): void {
  teller.day += 1;
  const openAt = instantFromMs(Math.max(NOON + teller.day * DAY_MS, teller.now + 1));
  const closeAt = instantFromMs(openAt + 6 * 3_600_000);
  const date = new Date(openAt).toISOString().slice(0, 10);
  const close = closeOn(teller.day, pick);
  const { venue } = teller;
  give([{ kind: 'SessionOpened', at: openAt, date }, ...venue.openSession(openAt)]);
  give(venue.price('ALDR', priceFromNumber(close), closeAt));
  const bar = { symbol: 'ALDR', timeframe: '1Day', startAt: openAt, open: close, high: close, low: close, close, volume: 1000 } as const;
  give([...venue.closeSession(closeAt), { kind: 'SessionClosed', at: closeAt, date }]);
  give([{ kind: 'BarsClosed', at: closeAt, timeframe: '1Day', bars: [bar] }]);
  teller.now = closeAt;
}

/** The record as a journal gives it back: through its text, numbered and chained. */
export function entriesIn({ batches }: RecordedLife): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  let head: Head = EMPTY_HEAD;
  for (const batch of batches) {
    const first = head.seq + 1;
    for (const draft of batch) {
      const { entry, payloadText } = link(head, { ...draft, cause: draft.cause === 'first' ? first : draft.cause }, 0);
      head = { seq: entry.seq, hash: entry.hash };
      entries.push({ ...entry, payload: decode(payloadText) });
    }
  }
  return entries;
}
