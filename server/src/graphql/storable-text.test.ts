import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { variablesProblemOf } from './storable-text.ts';

const LEVELS = 7;
const nested = (levels: number, inner: unknown, wrap: (value: unknown) => unknown): unknown =>
  levels === 0 ? inner : wrap(nested(levels - 1, inner, wrap));
const WRAPS = { lists: (value: unknown) => [value], objects: (value: unknown) => ({ a: value }) };

describe.each(Object.entries(WRAPS))('variables of %s', (_name, wrap) => {
  test.each([
    [LEVELS, undefined],
    [LEVELS + 1, 'Variables are nested at most 7 levels deep.'],
    [10_000, 'Variables are nested at most 7 levels deep.'],
  ])('%i levels', (levels, message) => {
    // Built by steps: the deep one is deeper than calls can be.
    let value: unknown = 1;
    for (let level = 0; level < levels; level += 1) value = wrap(value);
    expect(variablesProblemOf(value, LEVELS)?.message).toBe(message);
  });
});

test('a text that cannot be kept is found at every level, as a value and as a name', () => {
  const bad = fc.constantFrom('\u0000', 'a\u0000b', '\ud800');
  fc.assert(
    fc.property(bad, fc.integer({ min: 0, max: LEVELS - 1 }), fc.constantFrom(...Object.values(WRAPS)), (text, levels, wrap) => {
      expect(variablesProblemOf(nested(levels, text, wrap), LEVELS)?.message).toMatch(/null byte or half a character/);
      expect(variablesProblemOf(nested(levels, { [text]: 1 }, wrap), LEVELS)?.message).toMatch(/null byte or half a character/);
      expect(variablesProblemOf(nested(levels, { fine: 'text' }, wrap), LEVELS)).toBeUndefined();
    }),
  );
});
