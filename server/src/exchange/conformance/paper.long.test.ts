import { describe, expect, test } from 'vitest';
import type { HostCase } from './case.ts';
import { CASES } from './suite.ts';
import { paperKeys, paperWorld } from './worlds.ts';

const keys = paperKeys(process.env);
const forAnyHost = CASES.filter((one): one is HostCase => one.on === 'any host');

describe('a real paper account', () => {
  if (keys !== undefined) {
    test.each(forAnyHost.map((one) => ({ ...one, title: `${one.group}. ${one.name}: ${one.expects}` })))('$title', async (one) => {
      await one.run(await paperWorld(keys));
    });
  }

  test('has cases that need neither faults nor a market that can be moved', () => {
    expect(forAnyHost.length).toBeGreaterThanOrEqual(12);
  });
});
