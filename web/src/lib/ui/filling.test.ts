import { expect, test } from 'vitest';
import { Filling } from './filling.ts';

test('a form is filled once for each choice, however often what it is filled from is pushed', () => {
  const filling = new Filling();
  const steps: readonly (readonly [boolean, string | undefined, boolean])[] = [
    [true, undefined, false],
    [true, 'template rsi', true],
    [true, 'template rsi', false],
    [true, 'strategy 1', true],
    [true, 'strategy 1', false],
    // It is away for a moment, as when everything is read anew.
    [true, undefined, false],
    [true, 'strategy 1', false],
    [true, 'template rsi', true],
    [false, 'template rsi', false],
    [true, 'template rsi', true],
  ];
  for (const [isOpen, choice, isDue] of steps) expect(filling.isDue(isOpen, choice)).toBe(isDue);
});
