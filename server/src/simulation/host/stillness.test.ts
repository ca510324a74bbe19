import { expect, test } from 'vitest';
import { openOutside } from './outside.ts';
import { openStillness } from './stillness.ts';

/** How often real work was begun and not ended. */
function openHolds() {
  let held = 0;
  const hold = (): (() => void) => {
    held += 1;
    return () => {
      held -= 1;
    };
  };
  return { hold, held: () => held };
}

test('time stands still from the first append to the end of the last, but for the while that a write takes', async () => {
  const { hold, held } = openHolds();
  const { begin, during } = openStillness({ hold });
  expect(held()).toBe(0);
  const first = begin();
  const second = begin();
  expect(held()).toBe(1);
  const { promise, resolve } = Promise.withResolvers<string>();
  const write = during(promise);
  expect(held()).toBe(0);
  const third = begin();
  expect(held()).toBe(0);
  resolve('written');
  expect(await write).toBe('written');
  expect(held()).toBe(1);
  first();
  second();
  expect(held()).toBe(1);
  third();
  expect(held()).toBe(0);
});

test('a wait that fails keeps time as one that ends', async () => {
  const { hold, held } = openHolds();
  const { begin, during } = openStillness({ hold });
  const end = begin();
  await expect(during(Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(held()).toBe(1);
  end();
  expect(held()).toBe(0);
});

test('what is held is waited for, and everything that follows from its end', async () => {
  const outside = openOutside();
  const steps: string[] = [];
  const release = outside.hold();
  const work = async (): Promise<void> => {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    release();
    await Promise.resolve();
    steps.push('followed');
  };
  const working = work();
  await outside.settled();
  steps.push('settled');
  await working;
  expect(steps).toEqual(['followed', 'settled']);
});
