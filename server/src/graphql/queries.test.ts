import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.day(100, 101);
});
afterAll(() => api.close());

describe('queries', () => {
  test('overview', async () => {
    const answer = await api.post('{ overview { mode asOf seq equity cash dayPnl dayPnlRatio openPnl realizedPnl drawdown highWaterMark highWaterMarkAt grossExposure netExposure buyingPower workingOrders reserved openPositions market { isOpen now nextChangeAt sessionDate phase } tradingState tradingStateBecause feedAgeMs brokerConnected accountNumber } viewer { id name kind } }');
    console.log(JSON.stringify(answer, null, 1), api.failures);
    expect(answer.errors).toBeUndefined();
    await quiet(api.world);
  });
});
