import { expect, test, vi } from 'vitest';
import { openJobQueue } from './job-queue.ts';
import { withTestDatabases } from './test-database.ts';

const TRIES = 6;

withTestDatabases('a job that always fails', (openDatabase) => {
  test(`is tried ${TRIES} times, then told as lost once, with its reason`, async () => {
    const database = await openDatabase();
    const reports: string[] = [];
    const queue = openJobQueue({ database, report: (what, error) => void reports.push(`${what}: ${String(error)}`) });
    let tries = 0;
    const lost: string[] = [];
    try {
      const fail = (): Promise<void> => Promise.reject(new Error(`try ${(tries += 1)} has failed`));
      const tell = (data: unknown, reason: string): Promise<void> => Promise.resolve(void lost.push(`${JSON.stringify(data)}: ${reason}`));
      await queue.work({ work: { hopeless: fail }, lost: { hopeless: tell } }, 2);
      await database.db.transaction().execute((transaction) => queue.send([{ kind: 'hopeless', data: { name: 'one' } }], transaction));
      queue.wake();
      await vi.waitFor(() => expect(lost).toEqual([`{"name":"one"}: try ${TRIES} has failed`]), { timeout: 90_000, interval: 100 });
      expect([tries, reports]).toEqual([TRIES, []]);
    } finally {
      await queue.close();
      await database.close();
    }
  });
});
