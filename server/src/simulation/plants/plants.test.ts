import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planted } from '../host/planting.ts';
import { PLANTS } from './index.ts';

const source = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

describe('planted bugs', () => {
  test('are at least 24', () => expect(PLANTS.size).toBeGreaterThanOrEqual(24));

  test.each([...PLANTS.values()])('$name still fits the code that it changes', (plant) => {
    for (const file of new Set(plant.edits.map((edit) => edit.file))) {
      const before = source(file);
      expect(planted(plant, file, before)).not.toBe(before);
    }
  });

  test('a text that is not there exactly once is refused by name', () => {
    const plant = { name: 'lost', what: '', edits: [{ file: 'a.ts', find: 'x', replace: 'y' }] };
    expect(() => planted(plant, 'a.ts', 'nothing')).toThrow('The planted bug lost finds "x" 0 times in a.ts');
    expect(() => planted(plant, 'a.ts', 'x x')).toThrow('2 times');
  });
});
