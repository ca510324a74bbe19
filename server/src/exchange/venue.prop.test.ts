import fc from 'fast-check';
import { expect, test } from 'vitest';
import { price, quantity, ratio } from '../money/fixed.ts';
import { coreOptions } from './core/core.ts';
import { decodeState } from './core/state.ts';
import { listed } from './core/testing.ts';
import { Laps } from './market/laps.ts';
import { exchangeSessions } from './market/sessions.ts';
import { buildTape } from './market/tape.ts';
import { AAA, BBB } from './testing.ts';
import type { VenueCommand } from './venue.ts';
import { Venue } from './venue.ts';

const ACCOUNTS = ['one', 'two'] as const;

const laps = (): Laps => new Laps(buildTape([AAA, BBB], exchangeSessions), exchangeSessions);
const options = coreOptions({
  instruments: new Map(['AAA', 'BBB'].map((symbol) => [symbol, listed(symbol)])),
  partialFills: 3,
  commissionRate: ratio('0.001'),
});

const accountId = fc.constantFrom(...ACCOUNTS);
const submit = fc.record({
  kind: fc.constant('submit' as const),
  accountId,
  request: fc.record({
    symbol: fc.constantFrom('AAA', 'BBB'),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.integer({ min: 1, max: 50 }).map((size) => quantity(String(size))),
    type: fc.constant('limit' as const),
    timeInForce: fc.constantFrom('day' as const, 'gtc' as const, 'ioc' as const),
    limitPrice: fc.integer({ min: 40, max: 120 }).map((level) => price(String(level))),
  }),
});
const step: fc.Arbitrary<VenueCommand> = fc.constant({ kind: 'step' });
const commands: fc.Arbitrary<VenueCommand[]> = fc.array(fc.oneof({ weight: 2, arbitrary: step }, { weight: 3, arbitrary: submit }), {
  maxLength: 60,
});

/** Cancels what stands first, so that commands name orders that exist. */
function play(venue: Venue, given: readonly VenueCommand[]): VenueCommand[] {
  const done: VenueCommand[] = ACCOUNTS.map((id) => ({ kind: 'open-account', accountId: id }));
  for (const command of done) venue.replay(command);
  for (const [index, command] of given.entries()) {
    const account = ACCOUNTS[index % 2] ?? 'one';
    const [standing] = venue.core.account(account).open.keys();
    const next: VenueCommand =
      index % 7 === 6 && standing !== undefined ? { kind: 'cancel', accountId: account, orderId: standing } : command;
    venue.replay(next);
    done.push(next);
  }
  return done;
}

test('a venue rebuilt from its commands, or from a snapshot and the rest, is the same in everything', () => {
  fc.assert(
    fc.property(commands, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
      const live = new Venue(laps(), options);
      const done = play(live, given);
      const cut = Math.floor(done.length * share);

      const first = new Venue(laps(), options);
      for (const command of done.slice(0, cut)) first.replay(command);
      const second = new Venue(laps(), options, first.snapshot());
      for (const command of done.slice(cut)) {
        first.replay(command);
        second.replay(command);
      }
      expect(decodeState(first.snapshot())).toEqual(decodeState(live.snapshot()));
      expect(decodeState(second.snapshot())).toEqual(decodeState(live.snapshot()));
    }),
    { numRuns: 60 },
  );
});
