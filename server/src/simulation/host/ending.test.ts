import { expect, test } from 'vitest';
import { thenEnd, throwFirst } from './ending.ts';

test.each([
  { name: 'both go well', work: undefined, end: undefined, thrown: undefined },
  { name: 'the work fails', work: 'no server', end: undefined, thrown: 'no server' },
  { name: 'the end fails', work: undefined, end: 'not removed', thrown: 'not removed' },
  { name: 'both fail', work: 'no server', end: 'not removed', thrown: 'no server. Besides: not removed' },
])('what is open is ended, and the reason comes first: $name', async ({ work, end, thrown }) => {
  const events: string[] = [];
  const failing = async (what: string, problem: string | undefined): Promise<string> => {
    await Promise.resolve();
    events.push(what);
    if (problem !== undefined) throw new Error(problem);
    return what;
  };
  const ending = thenEnd(failing('work', work), async () => void (await failing('end', end)));
  if (thrown === undefined) expect(await ending).toBe('work');
  else await expect(ending).rejects.toThrow(new Error(thrown));
  expect(events).toEqual(['work', 'end']);
});

test('one failure is thrown as it is', () => {
  const failure = new TypeError('ours');
  expect(() => throwFirst([failure])).toThrow(failure);
  expect(() => throwFirst([])).not.toThrow();
});

test('what was stopped is told only where nothing else failed', () => {
  const stopped = new DOMException('stopped', 'AbortError');
  expect(() => throwFirst([stopped, new Error('not removed')])).toThrow(new Error('not removed'));
  expect(() => throwFirst([stopped])).toThrow(stopped);
});
