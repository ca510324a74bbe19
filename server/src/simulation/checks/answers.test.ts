import { expect, test } from 'vitest';
import type { Fact } from '../../engine/effects.ts';
import { initialState } from '../../engine/initial-state.ts';
import { money } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { dice } from '../dice.ts';
import { faultsAt } from '../faults.ts';
import { openScheduler } from '../scheduler.ts';
import { Venue } from '../venue.ts';
import { Violated } from '../watch.ts';
import { restView } from '../wire.ts';
import { answersCheck } from './answers.ts';

const START = 1_000_000;
/** Time that is skipped. */
const GAP = { from: START + 30_000, to: START + 3_600_000 };
const OPTIONS = {
  mode: 'simulated',
  accountId: 'SIM1',
  feeRateEstimate: money('0'),
  collarMarketOrders: true,
  initialTradingState: 'ACTIVE',
} as const;

/** A venue that comes to hold other amounts at given times, and whether the engine may say at another that it holds so many. */
function found(held: readonly (readonly [at: number, shares: number])[], says: number, at: number): () => void {
  let now = START;
  const world = { dice: dice(1n), faults: faultsAt(() => 0, dice(1n), new Set()), scheduler: openScheduler(START) };
  const venue = new Venue(
    world,
    () => undefined,
    () => undefined,
  );
  const rest = restView(venue, () => now);
  for (const [time, shares] of held) {
    now = time;
    venue.positions.set('BIRC', { shares, costCents: shares * 100 });
    rest.note();
  }
  now = at;
  const sight = {
    venue,
    rest,
    nowMs: () => now,
    closedProfits: new Map(),
    session: { openAt: START, closeAt: GAP.to + 60_000 },
    gaps: [GAP],
    underWay: new Map(),
  };
  const state = initialState(OPTIONS, UNLIMITED);
  const fact: Fact = { kind: 'DifferenceFound', what: 'position BIRC', ours: '0', brokers: String(says), at: instantFromMs(at) };
  const event = { kind: 'ClockTicked', at: instantFromMs(at) } as const;
  return () => answersCheck(sight).stepped?.({ facts: [fact], before: state, after: state, event, entries: [], lived: true });
}

test.each([
  { name: 'what it holds now', held: [[START, 5]], says: 5, at: START + 25_000 },
  {
    name: 'what it held for a millisecond',
    held: [
      [START, 5],
      [START + 101, 6],
      [START + 102, 7],
    ],
    says: 6,
    at: START + 1_000,
  },
  {
    name: 'what it held for no time',
    held: [
      [START, 5],
      [START + 101, 6],
      [START + 101, 7],
    ],
    says: 6,
    at: START + 1_000,
  },
  {
    name: 'what it held a moment before time was skipped, and so all through it',
    held: [
      [START, 5],
      [GAP.from - 14, 6],
      [GAP.to, 7],
    ],
    says: 6,
    at: GAP.to + 1_716,
  },
  {
    name: 'what it held well before time was skipped',
    held: [
      [START, 5],
      [GAP.from - 10_000, 6],
      [GAP.to, 7],
    ],
    says: 5,
    at: GAP.to + 1_000,
  },
] as const)('the broker may be said to hold $name', ({ held, says, at }) => {
  expect(found(held, says, at)).not.toThrow();
});

test.each([
  {
    name: 'what it never held',
    held: [
      [START, 5],
      [START + 100, 7],
    ],
    says: 6,
    at: START + 1_000,
  },
  { name: 'nothing, while it held something', held: [[START, 5]], says: 0, at: START + 25_000 },
  {
    name: 'what it held too long ago',
    held: [
      [START, 5],
      [START + 1_000, 7],
    ],
    says: 5,
    at: START + 21_001,
  },
  {
    name: 'what it held too long before time was skipped',
    held: [
      [START, 5],
      [GAP.from - 19_001, 6],
      [GAP.to, 7],
    ],
    says: 5,
    at: GAP.to + 1_000,
  },
] as const)('it may not be said to hold $name', ({ held, says, at }) => {
  expect(found(held, says, at)).toThrow(Violated);
});
