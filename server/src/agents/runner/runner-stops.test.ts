import { afterEach, describe, expect, test } from 'vitest';
import { openEmbeddedTestDatabase } from '../../platform/test-database.ts';
import { closePlaces, create, ended, open, RUN, seen } from './test/runner-place.ts';

afterEach(closePlaces);

describe('a run that has to end', () => {
  test('a run that lasts too long ends', async () => {
    const { owner, run, api } = await open(openEmbeddedTestDatabase, () => 'silence');
    const { id } = await create(owner, 'REPORT');
    await api.database.db.updateTable('agents').set({ seconds_per_run_max: 1 }).execute();
    await run();
    await owner.ask(RUN, { id });
    expect((await ended(owner, id))[0]).toMatchObject({ outcome: 'OVER_BUDGET', reason: 'The run has lasted 1 seconds.' });
  });

  test('a server without a model says so, and a server that stops cuts off', async () => {
    const { owner, run } = await open(openEmbeddedTestDatabase, () => 'silence');
    const none = await run({ model: undefined });
    const { id } = await create(owner, 'REPORT');
    await owner.ask(RUN, { id });
    expect((await ended(owner, id))[0]).toMatchObject({
      outcome: 'FAILED',
      reason: expect.stringMatching(/set up for no model/) as unknown,
    });
    await none.close();
    const some = await run();
    await owner.ask(RUN, { id });
    await expect.poll(async () => (await seen(owner, id)).runs[0]?.begunAt, { timeout: 5_000 }).toBeTypeOf('string');
    await some.close();
    expect((await seen(owner, id)).runs[0]).toMatchObject({ outcome: 'CUT_OFF', reason: 'The server was stopped.' });
  });

  test('a server that stops cuts off a run that was taken and has not begun', async () => {
    const { api, owner, run } = await open(openEmbeddedTestDatabase, () => 'silence');
    const [opening, opened] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const runner = await run({
      openDoor: async (...given) => {
        opening.resolve(undefined);
        await opened.promise;
        return await api.server.openDoor(...given);
      },
    });
    const { id } = await create(owner, 'REPORT');
    await owner.ask(RUN, { id });
    await opening.promise;
    const closed = runner.close();
    // Longer than it takes until it has told all that are at work.
    await new Promise((resolve) => setTimeout(resolve, 500));
    opened.resolve(undefined);
    await closed;
    expect((await seen(owner, id)).runs[0]).toMatchObject({ outcome: 'CUT_OFF', reason: 'The server was stopped.' });
  });
});
