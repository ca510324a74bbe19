import { expect, test } from 'vitest';
import type { RunResult } from '../run.ts';
import { violatedIn } from './compared.ts';

const day = (journalHash: string, invariant?: string): RunResult => ({
  seed: 1n,
  violated: invariant === undefined ? undefined : { invariant, message: `${invariant}: it did not hold` },
  journalHash,
  entries: 5,
  steps: 1,
  orders: 0,
  executions: 0,
  starts: 1,
  counts: new Map(),
  figures: new Map(),
  happened: [],
  endedAt: 0,
});

test.each([
  { name: 'nothing', again: day('a'), model: day('a'), found: undefined },
  {
    name: 'what the first run violates, before all else',
    result: day('a', 'I1'),
    again: day('b', 'I2'),
    model: day('c', 'I3'),
    found: 'I1: it did not hold',
  },
  { name: 'what only the second run violates', again: day('a', 'I2'), found: 'when it was run again: I2: it did not hold' },
  { name: 'what only the model violates', again: day('a'), model: day('a', 'I3'), found: 'in the model store: I3: it did not hold' },
  {
    name: 'another journal of the second run',
    again: day('b'),
    model: day('c'),
    found: 'determinism: the same seed gave the journal a (5 entries), and when it was run again b (5 entries)',
  },
  {
    name: 'another journal of the model',
    model: day('c'),
    found: 'tiers: the same seed gave the journal a (5 entries), and in the model store c (5 entries)',
  },
])('$name is found in a day that was played in several ways', ({ result = day('a'), again, model, found }) => {
  expect(violatedIn({ result, again, model })?.message).toBe(found);
});
