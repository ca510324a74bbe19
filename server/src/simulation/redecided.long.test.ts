import { expect, test } from 'vitest';
import { firstState, recordedOpening } from '../engine/opening-record.ts';
import { redecideEntries } from '../engine/test/redecide-entries.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import { hasFamilies } from './day.ts';
import { openDecider } from './deciders.ts';
import { dice as openDice } from './dice.ts';
import { drawFaults } from './faults.ts';
import { run } from './run.ts';
import { openScheduler } from './scheduler.ts';
import { modelStore } from './store.ts';

const SEEDS = 60n;

/** What the processes of a seed's day have written down, faults, crashes and all. */
async function recordOf(seed: bigint): Promise<{ readonly entries: readonly JournalEntry[]; readonly starts: number }> {
  let newest: Journal | undefined;
  const { starts } = await run({
    seed,
    openStore: (options) => {
      const store = modelStore(options);
      return {
        ...store,
        open: async (owner) => {
          newest = await store.open(owner);
          return newest;
        },
      };
    },
  });
  return { entries: (await newest?.read(0, 1_000_000)) ?? [], starts };
}

test('a day with crashes, lost answers, hung and failing strategies decides again as it was recorded', async () => {
  let [decisions, starts, lost] = [0, 0, 0];
  for (let seed = 1n; seed <= SEEDS; seed += 1n) {
    const record = await recordOf(seed);
    const { entries } = record;
    const opening = recordedOpening(entries[0]);
    if (opening === undefined) throw new Error('the record does not say how it began');
    const dice = openDice(seed);
    // Without a fault a decider thinks for a while, of which nothing is recorded.
    const faults = { ...drawFaults(dice, new Set()), strikes: () => false };
    const scheduler = { ...openScheduler(0), wait: async () => await Promise.resolve() };
    const { difference, strategies } = await redecideEntries(entries, {
      initial: firstState(entries[0], opening),
      open: async (config) =>
        await Promise.resolve(openDecider({ families: hasFamilies(dice), dice, faults, scheduler }, config, { alive: true })),
    });
    expect(difference, `seed ${seed}`).toBeUndefined();
    starts += record.starts;
    for (const strategy of strategies) {
      decisions += strategy.decisions;
      lost += strategy.unanswered;
    }
  }
  expect(decisions).toBeGreaterThan(400);
  expect(starts).toBeGreaterThan(Number(SEEDS));
  expect(lost).toBeGreaterThan(0);
});
