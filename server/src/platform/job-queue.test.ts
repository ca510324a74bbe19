import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JobHandlers, NewJob } from '../jobs/queue.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { openJobQueue } from './job-queue.ts';
import { withTestDatabases } from './test-database.ts';
import type { TestDatabase } from './test-database.ts';

withTestDatabases('the job queue', (openDatabase) => {
  let database: TestDatabase;
  let queue: JobQueue;
  const failures: string[] = [];
  const report = (what: string, error: unknown): void => void failures.push(`${what}: ${String(error)}`);
  const done: string[] = [];
  const handlers: JobHandlers = {
    work: {
      note: async ({ data }) => void done.push(String(data['name'])),
      twice: async ({ data, retries }) => {
        if (retries < 2) throw new Error('not yet');
        done.push(`${String(data['name'])} after ${retries}`);
      },
      long: async ({ data, signal }) =>
        await new Promise<void>((_resolve, reject) => {
          done.push(`${String(data['name'])} begun`);
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        }),
    },
    lost: {},
  };
  const send = async (jobs: readonly NewJob[], to = queue): Promise<void> => {
    await to.ready();
    await database.db.transaction().execute((transaction) => to.send(jobs, transaction));
    to.wake();
  };
  const note = (name: string, priority?: number): NewJob => ({
    kind: 'note',
    data: { name },
    ...(priority === undefined ? {} : { priority }),
  });
  const sees = (wanted: readonly string[]): Promise<void> =>
    vi.waitFor(() => expect(done).toEqual(wanted), { timeout: 20_000, interval: 20 });

  beforeAll(async () => {
    database = await openDatabase();
    queue = openJobQueue({ database, report });
  });
  afterAll(async () => {
    await queue.close();
    await database.close();
    expect(failures).toEqual([]);
  });

  test('a job is there exactly if its transaction is; those with a higher priority come first', async () => {
    await queue.ready();
    const broken = database.db.transaction().execute(async (transaction) => {
      await queue.send([note('never')], transaction);
      throw new Error('rolled back');
    });
    await expect(broken).rejects.toThrow('rolled back');
    await send([note('low'), note('high', 10), note('lower', -1)]);
    expect(await queue.has(note('high'))).toBe(true);
    expect([await queue.has(note('never')), await queue.has({ kind: 'other', data: { name: 'high' } })]).toEqual([false, false]);
    await queue.work(handlers, 1);
    await sees(['high', 'low', 'lower']);
    await vi.waitFor(async () => expect(await queue.has(note('high'))).toBe(false));
  });

  test('many small jobs are taken one after the other, without a pause between them', async () => {
    done.length = 0;
    const names = Array.from({ length: 100 }, (_, index) => String(index));
    await send(names.map((name) => note(name)));
    await sees(names);
    done.length = 0;
  });

  test('what fails is tried again', async () => {
    await send([{ kind: 'twice', data: { name: 'stubborn' } }]);
    await sees(['stubborn after 2']);
    done.length = 0;
  });

  test('a process that closes gives its jobs back, and the next one takes them', async () => {
    await send([{ kind: 'long', data: { name: 'job' } }]);
    await sees(['job begun']);
    await queue.close();
    await expect(queue.ready()).rejects.toThrow('closes');
    queue = openJobQueue({ database, report });
    expect(await queue.has({ kind: 'long', data: { name: 'job' } })).toBe(true);
    await queue.work(handlers, 1);
    await sees(['job begun', 'job begun']);
  });
});
