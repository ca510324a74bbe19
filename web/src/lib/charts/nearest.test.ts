import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestIndex, nearestPoint } from './nearest.ts';

test.each([
  { values: [0.4, 0.5, 0.9], at: 0.44, index: 0 },
  { values: [0.9, 0.4, 0.5], at: 0.46, index: 2 },
  { values: [0.4, 0.6], at: 0.5, index: 0 },
  { values: [0.4], at: 9, index: 0 },
  { values: [], at: 0.5, index: undefined },
])('the nearest of $values to $at', ({ values, at, index }) => expect(nearestIndex(values, at)).toBe(index));

const POINTS = [
  { x: 0, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 30 },
];
test.each([
  { name: 'on a point', at: { x: 0, y: 0 }, index: 0 },
  { name: 'the first of two at one place', at: { x: 11, y: 1 }, index: 1 },
  { name: 'by both directions', at: { x: 2, y: 28 }, index: 3 },
  { name: 'exactly as far as may be', at: { x: 10, y: 50 }, index: 3 },
  { name: 'too far from all', at: { x: 10, y: 51 }, index: undefined },
])('the nearest point: $name', ({ at, index }) => expect(nearestPoint(POINTS, at, 20)).toBe(index));

test('no point is nearer than the nearest', () => {
  const point = fc.record({ x: fc.integer({ min: 0, max: 50 }), y: fc.integer({ min: 0, max: 50 }) });
  fc.assert(
    fc.property(fc.array(point), point, (points, at) => {
      const found = nearestPoint(points, at, 1_000);
      const far = (index: number): number => Math.hypot((points[index]?.x ?? 0) - at.x, (points[index]?.y ?? 0) - at.y);
      expect(found === undefined).toBe(points.length === 0);
      if (found !== undefined) for (const index of points.keys()) expect(far(index)).toBeGreaterThanOrEqual(far(found));
    }),
  );
});
