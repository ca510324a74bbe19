import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planted } from '../../server/src/simulation/host/planting.ts';
import { root } from '../product.ts';
import { IMPATIENT, KILL_POINTS } from './points.ts';

describe.each(['embedded', 'postgres'] as const)('kill points (%s)', (store) => {
  const points = KILL_POINTS[store];

  test('are at least 30, each with a name of its own', () => {
    expect(points.length).toBeGreaterThanOrEqual(30);
    expect(new Set(points.map(({ name }) => name)).size).toBe(points.length);
  });

  test.each(points)('$name: still fits the source', (point) => {
    const edits = [...IMPATIENT, ...point.edits];
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const source = readFileSync(join(root, 'server/src', file), 'utf8');
      expect(planted({ name: point.name, what: '', edits }, file, source)).not.toBe(source);
    }
  });
});
