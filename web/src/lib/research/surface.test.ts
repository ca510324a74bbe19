import { expect, test } from 'vitest';
import { gridOf, strengthOf } from './surface.ts';
import type { Cell } from './surface.ts';

const cell = (x: string, y: string, sharpe: number | null): Cell => ({ x, y, sharpe, totalReturn: 0.1, maxDrawdown: -0.2, trades: 3 });

test('cells stand at their values, and places without a set are empty', () => {
  const grid = gridOf([cell('2', '10', 0.5), cell('3', '20', -1), cell('3', '10', null)], ['2', '3'], ['10', '20'], 'sharpe');
  expect([grid.at(0, 0)?.sharpe, grid.at(1, 1)?.sharpe, grid.at(0, 1), grid.at(1, 0)?.sharpe]).toEqual([0.5, -1, undefined, null]);
  expect([grid.least, grid.most]).toEqual([-1, 0.5]);
  expect(gridOf([cell('2', '10', null)], ['2'], ['10'], 'sharpe')).toMatchObject({ least: 0, most: 0 });
});

test.each([
  [0.5, 1],
  [0.25, 0.5],
  [0, 0],
  [-1, -1],
  [-0.5, -0.5],
  [null, undefined],
])('the strength of %s is %s', (value, expected) => {
  expect(strengthOf(value, { least: -1, most: 0.5 })).toBe(expected);
});

test('a figure that is nowhere above nothing has no strength above it', () => {
  expect([strengthOf(0, { least: -1, most: 0 }), strengthOf(0, { least: 0, most: 0 })]).toEqual([0, 0]);
});
