import { describe, expect, test } from 'vitest';
import { CASES, GROUPS } from './suite.ts';
import { paperKeys, simulatedWorld } from './worlds.ts';

describe('the simulated exchange, seen through the broker’s own client', () => {
  test.each(CASES.map((one) => ({ ...one, title: `${one.group}. ${one.name}: ${one.expects}` })))('$title', async (one) => {
    const world = await simulatedWorld(one.on === 'simulator' ? one.exchange : {});
    try {
      await one.run(world);
    } finally {
      await world.close();
    }
  });
});

describe('the suite', () => {
  test('has cases in all groups, at least sixty of them, each with a name of its own', () => {
    expect(new Set(CASES.map(({ group }) => group))).toEqual(new Set(Object.keys(GROUPS).map(Number)));
    expect(CASES.length).toBeGreaterThanOrEqual(60);
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  });

  const keys = { TIDEMARK_CONFORMANCE_KEY_ID: 'PKTEST', TIDEMARK_CONFORMANCE_SECRET: 'secret' };
  test.each([
    { name: 'a live host', environment: { ...keys, TIDEMARK_CONFORMANCE_HOST: 'api.alpaca.markets' }, says: 'runs at paper-api' },
    { name: 'a live key', environment: { ...keys, TIDEMARK_CONFORMANCE_KEY_ID: 'AKLIVE' }, says: 'not a paper key' },
    { name: 'half a pair', environment: { TIDEMARK_CONFORMANCE_KEY_ID: 'PKTEST' }, says: 'both' },
  ])('refuses $name', ({ environment, says }) => {
    expect(() => paperKeys(environment)).toThrow(says);
  });

  test('runs over no account where no keys are given', () => {
    expect(paperKeys({})).toBeUndefined();
    expect(paperKeys(keys)).toEqual({ keyId: 'PKTEST', secret: 'secret' });
  });
});
