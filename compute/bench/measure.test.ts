import { describe, expect, test } from 'vitest';
import { measure, type Clock, type Work } from './measure.ts';

/** A clock that only the works move: a run of a work takes what it says, of the processor twice as much. */
function madeUpClock(): { readonly clock: Clock; readonly pass: (ns: number) => void } {
  let now = 0;
  return { clock: { wallNs: () => now, cpuNs: () => now * 2 }, pass: (ns) => (now += ns) };
}

function works(durations: Readonly<Record<string, number>>): {
  readonly log: string[];
  readonly clock: Clock;
  readonly works: readonly Work[];
} {
  const { clock, pass } = madeUpClock();
  const log: string[] = [];
  const list = Object.entries(durations).map(([name, ns]) => ({
    name,
    run: () => {
      log.push(name);
      pass(ns);
    },
  }));
  return { log, clock, works: list };
}

describe('rounds', () => {
  test('works take turns, after warming up, and each sample is of one run', async () => {
    const { log, clock, works: list } = works({ a: 10, b: 20 });
    const [a, b] = await measure(list, { rounds: 3, warmUps: 2, budgetMs: 1000 }, clock);
    expect(log.join('')).toBe('ababababab');
    expect(a).toEqual({ wallNs: [10, 10, 10], cpuNs: [20, 20, 20] });
    expect(b).toEqual({ wallNs: [20, 20, 20], cpuNs: [40, 40, 40] });
  });

  test('a slow work warms up once and is timed once; the others go on', async () => {
    const { log, clock, works: list } = works({ slow: 2e6, quick: 1 });
    const [slow, quick] = await measure(list, { rounds: 4, warmUps: 3, budgetMs: 1 }, clock);
    expect(log.filter((name) => name === 'slow')).toHaveLength(2);
    expect(slow?.wallNs).toEqual([2e6]);
    expect(quick?.wallNs).toHaveLength(4);
  });

  test('a work stops in the round in which its budget is spent', async () => {
    const { clock, works: list } = works({ middling: 0.4e6 });
    const [middling] = await measure(list, { rounds: 10, warmUps: 0, budgetMs: 1 }, clock);
    expect(middling?.wallNs).toHaveLength(3);
  });
});

test('what a work prepares is not timed, and is prepared before each run', async () => {
  const { clock, pass } = madeUpClock();
  let prepared = 0;
  const work: Work = {
    name: 'prepared',
    prepare: () => {
      prepared += 1;
      pass(1e6);
    },
    run: () => pass(5),
  };
  const [samples] = await measure([work], { rounds: 3, warmUps: 1, budgetMs: 1000 }, clock);
  expect(samples?.wallNs).toEqual([5, 5, 5]);
  expect(prepared).toBe(4);
});

test('a promise is awaited', async () => {
  const { clock, pass } = madeUpClock();
  const run = async (): Promise<void> => {
    await Promise.resolve();
    pass(7);
  };
  const [samples] = await measure([{ name: 'promised', run }], { rounds: 2, warmUps: 0, budgetMs: 1000 }, clock);
  expect(samples?.wallNs).toEqual([7, 7]);
});

test('a work that throws ends the measurement', async () => {
  const run = (): void => {
    throw new Error('no such indicator');
  };
  await expect(measure([{ name: 'broken', run }], { rounds: 1, warmUps: 0, budgetMs: 1 })).rejects.toThrow('no such indicator');
});
