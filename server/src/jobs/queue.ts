import type { Transaction } from 'kysely';

/** What a job is told: plain JSON. */
export type JobData = Readonly<Record<string, string | number>>;

/** A job in the hands of a worker. */
export interface TakenJob {
  readonly data: JobData;
  /** Earlier tries that ended with their process, or with an error. */
  readonly retries: number;
  /** Aborts when the job is no longer this worker's: the worker closes, or was thought dead and another has it. */
  readonly signal: AbortSignal;
}

/** Does the work of one kind of job. It may run again after a crash: what it writes, it writes once. A rejection is tried again. */
export type JobHandler = (job: TakenJob) => Promise<void>;

export interface JobHandlers {
  /** By the kind of a job. */
  readonly work: Readonly<Record<string, JobHandler>>;
  /** Told of a job that was tried for the last time. */
  readonly lost: Readonly<Record<string, (data: JobData, reason: string) => Promise<void>>>;
}

export interface NewJob {
  readonly kind: string;
  readonly data: JobData;
  /** Higher ones are taken first; 0 when absent. */
  readonly priority?: number;
}

/** A transaction in which a job is sent, or not at all. */
export type Within = Pick<Transaction<never>, 'executeQuery'>;

/** Jobs in the database, for any process that works on it. */
export interface JobQueue {
  /** To be awaited before a transaction that sends: inside it the database's only connection is taken. */
  ready(): Promise<void>;
  /** Part of the caller's transaction: a job is there exactly if what it is about is. */
  send(jobs: readonly NewJob[], within: Within): Promise<void>;
  /** Wakes this process's workers; others look by themselves. To be called after the transaction. */
  wake(): void;
  /** Takes jobs, `concurrency` at a time, until `close`. */
  work(handlers: JobHandlers, concurrency: number): Promise<void>;
  /** Whether a job of this kind and about this waits or is worked on. */
  has(job: Pick<NewJob, 'kind' | 'data'>): Promise<boolean>;
  /** Jobs that wait and jobs that are worked on. */
  depth(): Promise<{ readonly waiting: number; readonly active: number }>;
  /** Takes no more, tells those that run, and resolves when they have returned. They are tried again elsewhere, or at the next start. */
  close(): Promise<void>;
}
