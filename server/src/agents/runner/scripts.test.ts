import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkedBy, inputProblem } from '../mcp/server.ts';
import { AGENT_ROLES, ROLE_NAMES, toolsOfRole } from './roles.ts';
import type { ScriptedCall } from './scripts/course.ts';
import { items, play } from './scripts/test/playing.ts';
import type { Told, World } from './scripts/test/playing.ts';

/** Nothing of it reads as it should. */
const ODD: Told = {
  overview: { mode: 7, asOf: 'soon', equity: 'a lot', tradingState: null, market: [] },
  instruments: [null, 4, {}, { symbol: 'X', bars: 'many' }],
  strategies: items(null, { id: 3, symbols: 'X' }),
  strategyTemplates: 'none',
  positions: items({ symbol: 'X', mark: 'NaN', stops: 3 }),
  limits: [{ name: 'x' }, 3],
  controls: 'none',
  runs: items({ id: 'r', state: 'DONE', symbols: ['X'] }, []),
  run: { state: 'UNHEARD' },
  agentMemory: items({ text: 9 }, undefined),
};

/** A world in which every tool is answered alike. */
const everywhere = (told: (call: number) => Told): World =>
  Object.fromEntries(
    Object.values(AGENT_ROLES).flatMap((role) =>
      role.tools.map((name) => [name, (_given: unknown, before: number) => told(before)] as const),
    ),
  );

async function problemsOf(role: (typeof ROLE_NAMES)[number], calls: readonly ScriptedCall[]): Promise<readonly string[]> {
  const tools = new Map(toolsOfRole(AGENT_ROLES[role]).map((tool) => [tool.name, checkedBy(tool.input)]));
  const problems = await Promise.all(
    calls.map(async ({ tool, arguments: given }) => {
      const input = tools.get(tool);
      return input === undefined ? `${tool} is no tool of ${role}` : await inputProblem({ input }, given);
    }),
  );
  return problems.filter((problem) => problem !== undefined);
}

describe.each(ROLE_NAMES)('the script of %s', (role) => {
  const { turnsPerRunMax } = AGENT_ROLES[role].budget;

  test.each<[string, World, RegExp]>([
    ['every tool is refused', everywhere(() => 'The key may not.'), /The key may not|not known/],
    ['every answer is empty', everywhere(() => ({})), /./],
    ['every answer is odd', everywhere(() => ODD), /./],
  ])('ends with a report where %s', async (_name, world, says) => {
    const { report, turns, calls } = play(role, world);
    expect(report).toMatch(/by a script and not by a model\.\n[^]/);
    expect(report).toMatch(says);
    expect(turns.length).toBeLessThanOrEqual(turnsPerRunMax);
    expect(await problemsOf(role, calls)).toEqual([]);
  });

  test('acts on nothing where it could read nothing', () => {
    const { calls } = play(
      role,
      everywhere(() => 'The key may not.'),
    );
    const acting = toolsOfRole(AGENT_ROLES[role])
      .filter(({ scope }) => scope !== 'read')
      .map(({ name }) => name);
    expect(calls.filter(({ tool }) => acting.includes(tool))).toEqual([]);
  });

  test('ends within its turns, asks for its own tools alone, and rightly, whatever it is answered', async () => {
    const value = fc.oneof(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }));
    const told = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.dictionary(fc.constantFrom(...Object.keys(ODD)), fc.oneof(value, fc.record({ items: fc.array(value, { maxLength: 4 }) }))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 6 }), async (all) => {
        const { report, turns, calls } = play(
          role,
          everywhere((before) => all[before % all.length] ?? {}),
        );
        expect(report).not.toBe('');
        expect(turns.length).toBeLessThanOrEqual(turnsPerRunMax);
        expect(await problemsOf(role, calls)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
