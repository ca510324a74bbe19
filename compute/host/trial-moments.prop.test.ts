import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeMoments, momentsOf, NO_TRIALS, varianceOf } from './trial-moments.ts';

const ratio = fc.oneof({ arbitrary: fc.double({ min: -2, max: 2, noNaN: true }), weight: 9 }, { arbitrary: fc.constant(null), weight: 1 });

test('moments of parts, merged in any grouping, are those of the whole: counts exactly, the others to rounding', () => {
  fc.assert(
    fc.property(fc.array(fc.array(ratio, { maxLength: 30 }), { maxLength: 8 }), (parts) => {
      const whole = momentsOf(parts.flat());
      const merged = parts.map(momentsOf).reduce(mergeMoments, NO_TRIALS);
      expect([merged.sets, merged.sharpes]).toEqual([whole.sets, whole.sharpes]);
      expect(merged.mean).toBeCloseTo(whole.mean, 12);
      expect(merged.squares).toBeCloseTo(whole.squares, 10);
      const ratios = parts.flat().filter((each) => each !== null);
      const mean = ratios.reduce((sum, each) => sum + each, 0) / Math.max(1, ratios.length);
      const variance = ratios.length < 2 ? 0 : ratios.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (ratios.length - 1);
      expect(varianceOf(merged)).toBeCloseTo(variance, 10);
    }),
  );
});
