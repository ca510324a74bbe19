import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrink } from './shrink.ts';

const names = Array.from({ length: 60 }, (_, index) => `part-${index}`);

test('what a failure needs is kept, all else is left out, whichever parts they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 5 }), async (needed) => {
      const fails = async (without: ReadonlySet<string>): Promise<boolean> =>
        await Promise.resolve(needed.every((name) => !without.has(name)));
      expect([...(await shrink(names, fails, 10_000))].sort()).toEqual([...needed].sort());
    }),
    { numRuns: 50 },
  );
});

test('where tries run out, what is left still fails', async () => {
  const fails = async (without: ReadonlySet<string>): Promise<boolean> =>
    await Promise.resolve(!without.has('part-3') && !without.has('part-40'));
  const left = await shrink(names, fails, 5);
  expect(left).toContain('part-3');
  expect(left).toContain('part-40');
});
