import fc from 'fast-check';
import { expect, test } from 'vitest';
import { philox, philoxUniform } from './philox.ts';

// The known answers of the authors' Random123 library.
test.each([
  { counter: [0, 0], key: 0, bits: [0xff1dae59, 0x6cd10df2] },
  { counter: [0xffffffff, 0xffffffff], key: 0xffffffff, bits: [0x2c3f628b, 0xab4fd7ad] },
  { counter: [0x243f6a88, 0x85a308d3], key: 0x13198a2e, bits: [0xdd7ce038, 0xf62a4c12] },
])('the known answer for key $key', ({ counter: [low = 0, high = 0], key, bits }) => {
  expect(philox(low, high, key)).toEqual(bits);
});

const word = fc.integer({ min: 0, max: 0xffffffff });

test('uniform numbers are from 0 to below 1', () => {
  fc.assert(
    fc.property(word, word, word, (low, high, key) => {
      const value = philoxUniform(low, high, key);
      expect(value >= 0 && value < 1).toBe(true);
    }),
  );
});
