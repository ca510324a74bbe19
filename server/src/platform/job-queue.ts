import { CompiledQuery } from 'kysely';
import { PgBoss } from 'pg-boss';
import type { Db, Job, JobWithMetadata } from 'pg-boss';
import type { JobData, JobHandlers, JobQueue, NewJob, Within } from '../jobs/queue.ts';
import type { OpenedDatabase } from './database.ts';

/** All kinds of jobs wait in one line, so that priorities count between them. */
const LINE = 'work';
const LOST = 'lost';
const HEARTBEAT_SECONDS = 10;
const LOOK_SECONDS = 5;
/** A job that outlives its process so often is told to whoever waits for it. */
const RETRIES_MAX = 5;
const EXPIRES_SECONDS = 23 * 3_600;
const POLL_SECONDS = { embedded: 2, postgres: 1 } as const;
const CLOSE_MS_MAX = 10_000;

export interface JobQueueOptions {
  readonly database: OpenedDatabase;
  readonly report: (what: string, error: unknown) => void;
}

interface Envelope {
  readonly kind: string;
  readonly data: JobData;
}

const within = (transaction: Within): Db => ({
  executeSql: async (text, values) => {
    const { rows } = await transaction.executeQuery(CompiledQuery.raw(text, values ?? []));
    return { rows };
  },
});

const envelope = ({ kind, data, priority = 0 }: NewJob) => ({ data: { kind, data } satisfies Envelope, priority });

/** What ended the last try: the message of its error, which the queue's own ends, as that of a process that fell silent, have one level deeper. */
function reasonOf(output: unknown): string {
  if (typeof output !== 'object' || output === null) return 'its process ended';
  if ('message' in output && typeof output.message === 'string') return output.message;
  return 'value' in output ? reasonOf(output.value) : 'its process ended';
}

async function openBoss({ database, report }: JobQueueOptions): Promise<PgBoss> {
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => (await database.statements(text, values)) as { rows: unknown[] } },
    backend: database.kind === 'embedded' ? 'pglite' : 'postgres',
    schema: database.queueSchema,
    schedule: false,
    superviseIntervalSeconds: LOOK_SECONDS,
    monitorIntervalSeconds: LOOK_SECONDS,
  });
  boss.on('error', (error) => report('the job queue', error));
  await boss.start();
  await boss.createQueue(LOST, { retryLimit: RETRIES_MAX, retryDelay: 1 });
  await boss.createQueue(LINE, {
    deadLetter: LOST,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRES_SECONDS,
    retryLimit: RETRIES_MAX,
    retryDelay: 1,
  });
  // From here on it knows the line without asking.
  await boss.findJobs(LINE, { limit: 1 });
  return boss;
}

const handlerOf = <T>(kinds: Readonly<Record<string, T>>, kind: string): T => {
  const handler = kinds[kind];
  if (handler === undefined) throw new Error(`This version knows no job of the kind "${kind}"`);
  return handler;
};

/** Tells of jobs that were tried for the last time. */
async function tellLost(line: PgBoss, { lost }: JobHandlers, pollingIntervalSeconds: number): Promise<void> {
  await line.work(LOST, { pollingIntervalSeconds, includeMetadata: true }, async (jobs: JobWithMetadata<Envelope>[]) => {
    for (const job of jobs) {
      const { kind, data } = job.data;
      await handlerOf(lost, kind)(data, reasonOf(job.sourceOutput));
    }
  });
}

const OPEN_STATES: readonly string[] = ['created', 'retry', 'active'];

/**
 * pg-boss over our own connections, opened when it is first used. A job whose process says nothing for ten seconds is another's, at the latest
 * five seconds later. Its calls reject with `DatabaseUnavailable` where the database does not answer.
 */
export function openJobQueue(options: JobQueueOptions): JobQueue {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  let opened: Promise<PgBoss> | undefined;
  let wake = (): void => undefined;

  const boss = async (): Promise<PgBoss> => {
    closing.signal.throwIfAborted();
    opened ??= openBoss(options);
    // The next call tries again.
    opened.catch(() => (opened = undefined));
    return await opened;
  };

  const take = async ({ work }: JobHandlers, job: Job<Envelope>): Promise<void> => {
    const { kind, data } = job.data;
    const taken = handlerOf(work, kind)({ data, retries: job.retryCount, signal: AbortSignal.any([job.signal, closing.signal]) });
    running.add(taken);
    try {
      await taken;
    } finally {
      running.delete(taken);
      // Where there was one there may be more: look again at once, not when it is time to.
      wake();
    }
  };

  return {
    ready: async () => {
      await boss();
    },
    send: async (jobs, transaction) => {
      const line = await boss();
      await line.insert(LINE, jobs.map(envelope), { db: within(transaction) });
    },
    wake: () => wake(),
    work: async (handlers, concurrency) => {
      const line = await boss();
      const pollingIntervalSeconds = POLL_SECONDS[options.database.kind];
      await tellLost(line, handlers, pollingIntervalSeconds);
      const workers = await Promise.all(
        Array.from({ length: concurrency }, () =>
          line.work<Envelope>(LINE, { pollingIntervalSeconds }, async (jobs) => {
            for (const job of jobs) await take(handlers, job);
          }),
        ),
      );
      wake = () => workers.forEach((worker) => line.notifyWorker(worker));
    },
    has: async ({ kind, data }) => {
      const found = await (await boss()).findJobs(LINE, { data: { kind, data } });
      return found.some(({ state }) => OPEN_STATES.includes(state));
    },
    depth: async () => {
      const found = await (await boss()).getQueue(LINE);
      return { waiting: found?.queuedCount ?? 0, active: found?.activeCount ?? 0 };
    },
    close: async () => {
      const line = await opened?.catch(() => undefined);
      wake = () => undefined;
      const stopped = line?.stop({ graceful: true, timeout: CLOSE_MS_MAX, close: false });
      closing.abort(new Error('the process closes'));
      await Promise.allSettled(running);
      await stopped;
    },
  };
}
