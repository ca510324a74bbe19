import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { main } from '../cli.ts';
import { TEST_POSTGRES_URL } from '../platform/test-database.ts';
import type { StoreChoice } from './host/place.ts';
import { runSeeds } from './host/pool.ts';
import type { FaultName } from './faults.ts';
import { openTally } from './summary.ts';
import type { Summary } from './summary.ts';

const STORE_FAULTS: readonly FaultName[] = [
  'disk-full',
  'commit-unknown',
  'torn-tail',
  'write-lost',
  'process-crash',
  'crash-while-writing',
];

/** What each of the real stores must have met in its own way. */
const MET: Readonly<Record<StoreChoice['kind'], readonly string[]>> = {
  model: [],
  embedded: ['torn tails found and cut by recovery', 'segment files'],
  postgres: ['connections ended before the commit', 'connections ended after the commit', 'transactions taken back for want of room'],
};

async function days(store: StoreChoice, from: bigint, seeds: number, plant?: string): Promise<Summary> {
  const tally = openTally();
  const enough = (): boolean => plant !== undefined && tally.summary().failures.length > 0;
  await runSeeds({ plant, store, from, seeds, threads: 2, onOutcome: tally.add, enough });
  return tally.summary();
}

const stores: readonly { readonly store: StoreChoice; readonly seeds: number }[] = [
  { store: { kind: 'embedded' }, seeds: 60 },
  ...(TEST_POSTGRES_URL === undefined ? [] : [{ store: { kind: 'postgres', url: TEST_POSTGRES_URL } as const, seeds: 40 }]),
];

test.each(stores)('$seeds days in the $store.kind store are those of the model, whatever befalls it', async ({ store, seeds }) => {
  const { failures, counts, figures, asInModel } = await days(store, 2_001n, seeds);
  expect(failures.map(({ seed, violated }) => `${seed}: ${violated?.message ?? ''}`)).toEqual([]);
  expect(asInModel).toBe(seeds);
  expect(STORE_FAULTS.filter((name) => (counts.get(name) ?? 0) === 0)).toEqual([]);
  expect(MET[store.kind].filter((name) => (figures.get(name) ?? 0) === 0)).toEqual([]);
  const causes = ['disk-full, whole', 'disk-full, lost', 'crash, whole', 'crash, lost', 'crash, torn', 'commit-unknown, whole'];
  expect(causes.filter((cause) => (figures.get(`writes that failed: ${cause}`) ?? 0) === 0)).toEqual([]);
});

test.each(stores)('the command says so ($store.kind)', async ({ store }) => {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const environment = store.kind === 'postgres' ? { DATABASE_URL: store.url } : {};
  const args = ['simulate', '--store', store.kind, '--seeds', '2', '--from', '12'];
  const code = await main(args, { out, err: err as unknown as NodeJS.WriteStream, environment });
  out.end();
  expect(code).toBe(0);
  const shown = await text(out);
  expect(shown).toMatch(store.kind === 'embedded' ? /^store: the embedded journal in files/m : /^store: PostgreSQL/m);
  expect(shown).toContain('2 of 2 days gave the same journal as in the model store');
  expect(shown).toMatch(/rows of tables equal to rebuilt ones +[1-9]/);
});

test.each(stores)('what is acknowledged before it is durable is found in the $store.kind store', async ({ store }) => {
  const [first] = (await days(store, 1n, 20, 'acknowledged-before-durable')).failures;
  // Found where the next process opens the journal, not by the model's day beside it.
  expect(first?.violated?.message).toMatch(/^I22: /);
});
