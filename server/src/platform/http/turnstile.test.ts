import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Turnstile } from './turnstile.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('whoever comes alone goes through at once', async () => {
  const turnstile = new Turnstile();
  const seen: number[] = [];
  for (let step = 0; step < 20; step += 1) {
    turnstile.enter(() => seen.push(step));
    expect(seen).toHaveLength(step + 1);
    await nextTurn();
    await nextTurn();
  }
});

interface Arrival {
  readonly number: number;
  readonly isNew: boolean;
}

test('a crowd goes through, few in a turn; whoever is in comes first, each kind in the order in which it came, and nobody is left behind', async () => {
  const arrivals = fc.array(fc.array(fc.boolean(), { maxLength: 30 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(arrivals, async (groups) => {
      const turnstile = new Turnstile();
      const seen: Arrival[] = [];
      let came = 0;
      let before = 0;
      const turn = async (): Promise<void> => {
        await nextTurn();
        expect(seen.length - before).toBeLessThanOrEqual(8);
        before = seen.length;
      };
      for (const group of groups) {
        for (const isNew of group) {
          const arrival = { number: came, isNew };
          came += 1;
          if (isNew) turnstile.arrive(() => seen.push(arrival));
          else turnstile.enter(() => seen.push(arrival));
        }
        await turn();
      }
      while (seen.length < came) await turn();
      for (const kind of [true, false]) {
        const numbers = seen.filter(({ isNew }) => isNew === kind).map(({ number }) => number);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
      expect(seen).toHaveLength(came);
    }),
    { numRuns: 100 },
  );
});

/** One that has no place left in this turn, and what goes through it. */
function fullTurnstile(): { readonly turnstile: Turnstile; readonly seen: string[] } {
  const turnstile = new Turnstile();
  const seen: string[] = [];
  for (let step = 0; step < 4; step += 1) turnstile.enter(() => seen.push('first'));
  return { turnstile, seen };
}

test('whoever is in passes those who are new, of whom one comes in each turn all the same', async () => {
  const { turnstile, seen } = fullTurnstile();
  for (let step = 0; step < 2; step += 1) turnstile.arrive(() => seen.push(`new ${step}`));
  for (let step = 0; step < 7; step += 1) turnstile.enter(() => seen.push(`in ${step}`));
  while (seen.length < 13) await nextTurn();
  expect(seen.slice(4)).toEqual(['in 0', 'in 1', 'in 2', 'new 0', 'in 3', 'in 4', 'in 5', 'new 1', 'in 6']);
});

test('what is left of those who have gone is tidied up one in a turn beside others, by all steps once nobody else waits, and at once at the end', async () => {
  const { turnstile, seen } = fullTurnstile();
  for (let step = 0; step < 6; step += 1) turnstile.leave(() => seen.push(`gone ${step}`));
  for (let step = 0; step < 6; step += 1) turnstile.enter(() => seen.push(`in ${step}`));
  while (seen.length < 16) await nextTurn();
  const inTurns = ['in 0', 'in 1', 'gone 0', 'in 2', 'in 3', 'in 4', 'gone 1', 'in 5', 'gone 2', 'gone 3', 'gone 4', 'gone 5'];
  expect(seen.slice(4)).toEqual(inTurns);

  for (let step = 0; step < 30; step += 1) turnstile.leave(() => seen.push('late'));
  expect(seen.filter((name) => name === 'late').length).toBeLessThan(30);
  turnstile.tidyUp();
  expect(seen.filter((name) => name === 'late')).toHaveLength(30);
});

test('between two turns of a crowd others have as much time as it took, and it goes on where the process is busy all the time', async () => {
  const turnstile = new Turnstile();
  const busyFor = (ms: number): void => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  const taken: number[] = [];
  for (let step = 0; step < 40; step += 1)
    turnstile.enter(() => {
      taken.push(step);
      busyFor(1);
    });
  // Turns of the event loop in which others could have worked: without a rest there would be as many as the crowd has.
  let turns = 0;
  while (taken.length < 40) {
    await nextTurn();
    turns += 1;
  }
  expect(turns).toBeGreaterThan(40);

  for (let step = 0; step < 40; step += 1) turnstile.enter(() => taken.push(step));
  while (taken.length < 80) {
    busyFor(2);
    await nextTurn();
  }
});

test('a step that comes in by another one keeps its place', async () => {
  const turnstile = new Turnstile();
  const seen: string[] = [];
  for (let step = 0; step < 6; step += 1)
    turnstile.enter(() => {
      seen.push(`${step}`);
      if (step === 0) turnstile.enter(() => seen.push('by 0'));
    });
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  expect(seen).toEqual(['0', 'by 0', '1', '2', '3', '4', '5']);
});
