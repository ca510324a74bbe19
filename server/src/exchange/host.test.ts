import { expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { price } from '../money/fixed.ts';
import { coreOptions } from './core/core.ts';
import { listed, order } from './core/testing.ts';
import { VenueHaltedError, VenueHost } from './host.ts';
import type { CommandLog } from './host.ts';
import { Laps } from './market/laps.ts';
import { exchangeSessions } from './market/sessions.ts';
import { buildTape } from './market/tape.ts';
import { AAA } from './testing.ts';
import { Venue } from './venue.ts';

const venue = (): Venue =>
  new Venue(
    new Laps(buildTape([AAA], exchangeSessions), exchangeSessions),
    coreOptions({ instruments: new Map([['AAA', listed('AAA')]]) }),
  );

const submit = { kind: 'submit', accountId: 'a', request: order({ symbol: 'AAA' }) } as const;

test('nobody hears of a command before it is durable', async () => {
  const gate = Promise.withResolvers<void>();
  const log: CommandLog = { append: ({ kind }) => (kind === 'submit' ? gate.promise : Promise.resolve()), close: () => Promise.resolve() };
  const host = new VenueHost(venue(), price('0.01'), log);
  const heard: string[] = [];
  host.listen({ onEvents: (events) => heard.push(...events.map(({ kind }) => kind)), onStep: () => heard.push('step') });
  await host.openAccount('a');
  const answered = host.order(submit).then(() => heard.push('answer'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([]);
  gate.resolve();
  await answered;
  expect(heard).toEqual(['accepted', 'answer']);
});

test('a log that fails, or a broken invariant, stops the exchange', async () => {
  const failing: CommandLog = { append: () => Promise.reject(new Error('no space left')), close: () => Promise.resolve() };
  const full = new VenueHost(venue(), price('0.01'), failing);
  await expect(full.step()).rejects.toThrow(VenueHaltedError);
  await expect(full.openAccount('a')).rejects.toThrow('cannot write its log');

  const broken = new VenueHost(venue(), price('0.01'), undefined);
  broken.venue.core.openSession({ date: '2024-01-01', openAt: instantFromMs(0), closeAt: instantFromMs(1) });
  await expect(broken.step()).rejects.toThrow('broken invariant');
  await expect(broken.openAccount('a')).rejects.toThrow('broken invariant');
});
