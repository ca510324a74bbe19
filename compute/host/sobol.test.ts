import { describe, expect, test } from 'vitest';
import { SOBOL_DIMENSIONS_MAX, sobolAt, sobolDirections } from './sobol.ts';

const DIMENSIONS = Array.from({ length: SOBOL_DIMENSIONS_MAX }, (_, dimension) => dimension);
const pointsOf = (dimension: number, count: number): readonly number[] => {
  const directions = sobolDirections(dimension);
  return Array.from({ length: count }, (_, index) => sobolAt(directions, index) / 2 ** 32);
};

test('begins as published', () => {
  expect(pointsOf(0, 8)).toEqual([0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125]);
  expect(pointsOf(1, 8)).toEqual([0, 0.5, 0.25, 0.75, 0.375, 0.875, 0.125, 0.625]);
  expect(pointsOf(2, 8)).toEqual([0, 0.5, 0.25, 0.75, 0.625, 0.125, 0.875, 0.375]);
  expect(pointsOf(3, 8)).toEqual([0, 0.5, 0.25, 0.75, 0.875, 0.375, 0.625, 0.125]);
});

describe.each(DIMENSIONS)('dimension %i', (dimension) => {
  test('the first 2^k points hit each of 2^k intervals once', () => {
    for (let k = 0; k <= 12; k += 1) {
      const hit = new Set(pointsOf(dimension, 2 ** k).map((value) => Math.floor(value * 2 ** k)));
      expect(hit.size).toBe(2 ** k);
    }
  });

  test('direction numbers are odd multiples of their place', () => {
    for (const [bit, direction] of sobolDirections(dimension).entries()) {
      const number = direction / 2 ** (31 - bit);
      expect(Number.isInteger(number) && number % 2 === 1).toBe(true);
    }
  });
});

test('no two dimensions are the same, nor hang together as a line', () => {
  const first = DIMENSIONS.map((dimension) => pointsOf(dimension, 256));
  for (const [index, a] of first.entries()) {
    for (const b of first.slice(index + 1)) {
      const together = a.reduce((total, value, at) => total + (value - 0.5) * ((b[at] ?? 0) - 0.5), 0) / 256;
      expect(Math.abs(together) * 12).toBeLessThan(0.2);
    }
  }
});

test('the first 2^k points of two dimensions are a net: each elementary interval holds as many', () => {
  const a = pointsOf(0, 256);
  const b = pointsOf(1, 256);
  for (let split = 0; split <= 8; split += 1) {
    const cells = a.map((value, at) => `${Math.floor(value * 2 ** split)} ${Math.floor((b[at] ?? 0) * 2 ** (8 - split))}`);
    expect(new Set(cells).size).toBe(256);
  }
});

test('a dimension that is not in the table is refused', () => expect(() => sobolDirections(SOBOL_DIMENSIONS_MAX)).toThrow(RangeError));
