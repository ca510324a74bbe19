import { expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import { jobsPart } from './jobs-health.ts';

type Depth = { readonly waiting: number; readonly active: number };

/** What is said at these seconds of a line that is so long. */
async function said(looks: readonly (readonly [seconds: number, depth: Depth])[]): Promise<readonly string[]> {
  let at = 0;
  let found: Depth = { waiting: 0, active: 0 };
  const part = jobsPart({ depth: () => Promise.resolve(found) }, () => instantFromMs(at * 1_000));
  const texts: string[] = [];
  for (const [seconds, depth] of looks) {
    [at, found] = [seconds, depth];
    const { state, detail } = await part();
    texts.push(`${state}: ${detail}`);
  }
  return texts;
}

const idle = { waiting: 0, active: 0 };
const stuck = { waiting: 3, active: 0 };
const busy = { waiting: 3, active: 2 };
const UNWORKED = 'degraded: 3 wait, and nobody works on them: start tidemark worker.';

test.each([
  { name: 'an empty line', looks: [[0, idle]], last: 'ok: None waits.' },
  { name: 'work under way', looks: [[0, busy]], last: 'ok: 2 worked on, 3 wait.' },
  {
    name: 'a minute without a worker',
    looks: [
      [0, stuck],
      [60, stuck],
    ],
    last: 'ok: 0 worked on, 3 wait.',
  },
  {
    name: 'longer',
    looks: [
      [0, stuck],
      [61, stuck],
    ],
    last: UNWORKED,
  },
  {
    name: 'a worker that came between',
    looks: [
      [0, stuck],
      [50, busy],
      [61, stuck],
    ],
    last: 'ok: 0 worked on, 3 wait.',
  },
] as const)('$name', async ({ looks, last }) => expect((await said(looks)).at(-1)).toBe(last));

test('a queue that does not answer', async () => {
  const part = jobsPart({ depth: () => Promise.reject(new TypeError('gone')) }, () => instantFromMs(0));
  expect(await part()).toEqual({ name: 'jobs', state: 'degraded', detail: 'The queue cannot be read: TypeError.' });
});
