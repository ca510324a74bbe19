import { expect, test } from 'vitest';
import type { LiveRun } from './live-run.ts';
import type { Outlet } from './outlet.ts';
import { SharedFacts } from './shared-facts.ts';

/** More than are met in one turn. */
const READERS = 450;
const HEAD = 10;

/** Three events, and then the operation is over. */
async function* threeEvents(run: LiveRun): AsyncGenerator {
  for (const seq of [HEAD + 1, HEAD + 2, HEAD + 3]) {
    run.eventSeq = seq;
    await new Promise((resolve) => setImmediate(resolve));
    yield { seq };
  }
}

test('a feed that ends lets every reader have what is kept ready first', async () => {
  const feed = new SharedFacts(
    HEAD,
    (run) => Promise.resolve(threeEvents(run)),
    () => undefined,
  );
  const seen = Array.from({ length: READERS }, (): unknown[] => []);
  const ends = seen.map(async (had) => {
    const outlet: Outlet = {
      isIdle: () => true,
      give: (payloads) => had.push(...payloads.map((payload): unknown => JSON.parse(payload.framed('', (answer) => answer).toString()))),
    };
    return await feed.join(HEAD, outlet).next();
  });
  await feed.open();
  expect((await Promise.all(ends)).every(({ done }) => done === true)).toBe(true);
  const all = [{ seq: HEAD + 1 }, { seq: HEAD + 2 }, { seq: HEAD + 3 }];
  expect(seen.filter((had) => JSON.stringify(had) !== JSON.stringify(all))).toEqual([]);
});
