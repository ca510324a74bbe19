import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import { openEmbeddedTestDatabase } from '../../platform/test-database.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import { MEMORY_BYTES_MAX, MEMORY_DAYS, MEMORY_ENTRIES_MAX, MEMORY_LENGTH_MAX, memoryProblem, roomProblem } from './memory.ts';
import { openAgentMemory } from './service.ts';

const DAY_MS = 86_400_000;
const plain = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== '' && !/\p{Cc}/u.test(text));

test('a text is taken exactly where it has a length that may be and days that may be', () =>
  fc.assert(
    fc.property(fc.nat(2 * MEMORY_LENGTH_MAX), fc.integer({ min: -10, max: 400 }), (length, expiresAfterDays) => {
      const problem = memoryProblem({ kind: 'note', text: 'x'.repeat(length), source: 'turn:1', expiresAfterDays });
      const fits = length >= 1 && length <= MEMORY_LENGTH_MAX && expiresAfterDays >= MEMORY_DAYS.min && expiresAfterDays <= MEMORY_DAYS.max;
      expect(problem === undefined).toBe(fits);
    }),
  ));

test('there is room exactly while neither bound is passed', () =>
  fc.assert(
    fc.property(
      fc.nat(MEMORY_ENTRIES_MAX + 5),
      fc.nat(MEMORY_BYTES_MAX),
      fc.integer({ min: 1, max: 8_000 }),
      (entries, bytes, textBytes) => {
        const fits = entries + 1 <= MEMORY_ENTRIES_MAX && bytes + textBytes <= MEMORY_BYTES_MAX;
        expect(roomProblem({ entries, bytes }, textBytes) === undefined).toBe(fits);
      },
    ),
  ));

interface Step {
  readonly agent: 0 | 1;
  readonly does: 'remember' | 'erase one' | 'erase all' | 'wait' | 'sweep';
  readonly text: string;
  readonly days: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  agent: fc.constantFrom(0, 1),
  does: fc.constantFrom('remember', 'remember', 'remember', 'erase one', 'erase all', 'wait', 'sweep'),
  text: plain,
  days: fc.integer({ min: 1, max: 5 }),
});

let database: TestDatabase;
beforeAll(async () => {
  database = await openEmbeddedTestDatabase();
});
afterAll(() => database.close());

let worlds = 0;

test('each agent recalls exactly its own that were neither erased nor have expired, the newest first, whatever happened', async () =>
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      worlds += 1;
      let atMs = Date.parse('2026-01-05T10:00:00Z');
      const memory = openAgentMemory(database.db, () => instantFromMs(atMs));
      const actors = [`agent:p${worlds}-0`, `agent:p${worlds}-1`] as const;
      let expected: { readonly actor: string; readonly id: string; readonly text: string; readonly endsMs: number }[] = [];
      for (const { agent, does, text, days } of steps) {
        atMs += 1;
        const actor = actors[agent];
        const mine = expected.filter((entry) => entry.actor === actor && entry.endsMs > atMs);
        if (does === 'wait') atMs += days * DAY_MS;
        else if (does === 'sweep') await memory.eraseExpired();
        else if (does === 'remember') {
          const kept = await memory.remember(actor, { kind: 'note', text, source: 'turn:1', expiresAfterDays: days });
          if (!kept.ok) expect.unreachable(kept.problem.message);
          expected.push({ actor, id: kept.memory.id, text, endsMs: atMs + days * DAY_MS });
        } else {
          const [first] = mine;
          const gone = does === 'erase all' ? mine : mine.slice(0, 1);
          if (does === 'erase all' || first !== undefined)
            await memory.erase('user:owner', { actor, ...(does === 'erase one' ? { id: first?.id } : {}) }, 'why');
          expected = expected.filter((entry) => !gone.includes(entry));
        }
        for (const each of actors) {
          const { nodes } = await memory.recall(each, { first: 50 });
          const live = expected.filter((entry) => entry.actor === each && entry.endsMs > atMs).toReversed();
          expect(nodes.map(({ node }) => node.text)).toEqual(live.map((entry) => entry.text));
        }
      }
    }),
    { numRuns: 30 },
  ));
