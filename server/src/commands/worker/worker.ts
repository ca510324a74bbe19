import { openResearch } from '../../graphql/capabilities/research.ts';
import { storedBars } from '../../graphql/capabilities/stored-bars.ts';
import { instantFromMs } from '../../money/instant.ts';
import { openDatabase } from '../../platform/database.ts';
import { openJobQueue } from '../../platform/job-queue.ts';
import { migrate } from '../../platform/migrate.ts';
import { Closers } from '../serve/closers.ts';

export interface WorkerOptions {
  readonly url: string;
  /** Jobs at a time. */
  readonly concurrency: number;
  /** Of the program. */
  readonly version: string;
  readonly report: (what: string, error: unknown) => void;
}

/** Takes jobs until it is closed; those that it has then are given back. Throws `DatabaseUnavailable` and `DatabaseTooNew`. */
export async function openWorker({ url, concurrency, version, report }: WorkerOptions): Promise<{ close(): Promise<void> }> {
  const closers = new Closers(report);
  try {
    const database = await openDatabase({ url });
    closers.add('the database', database.close);
    await migrate(database.db);
    const queue = openJobQueue({ database, report });
    const now = () => instantFromMs(Date.now());
    const research = openResearch({ db: database.db, queue, stored: storedBars(database.db), version, now, report });
    closers.add('what it works on', () => research.close());
    closers.add('the job queue', () => queue.close());
    await queue.work(research.jobs, concurrency);
    return { close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
