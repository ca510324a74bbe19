import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { untilStopped } from './signals.ts';
import { parsePositive, UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly threads?: number;
}

async function work({ threads }: Options, terminal: Terminal, version: string): Promise<void> {
  const url = terminal.environment['DATABASE_URL'];
  if (url === undefined)
    throw new UsageError(
      'DATABASE_URL is not set: a worker takes its jobs from the PostgreSQL of a server. The embedded database has one process, the server, which works by itself.',
    );
  const concurrency = threads ?? availableParallelism();
  if (!Number.isInteger(concurrency)) throw new UsageError('--threads is how many jobs are taken at once: a whole number');
  const { openWorker } = await import('./worker/worker.ts');
  const stopped = untilStopped();
  const worker = await openWorker({
    url,
    concurrency,
    version,
    report: (what, error) => terminal.err.write(`tidemark: ${what}: ${error instanceof Error ? error.message : String(error)}\n`),
  });
  terminal.out.write(`Tidemark works: ${concurrency} jobs at a time\n`);
  await stopped;
  terminal.err.write('tidemark: stopping …\n');
  await worker.close();
}

export function addWorker(program: Command, terminal: Terminal, version: string): void {
  program
    .command('worker')
    .description("Work on a server's backtests, sweeps and trainings, on this machine or another")
    .option('--threads <n>', 'jobs at a time (default: one a processor)', parsePositive)
    .addHelpText(
      'after',
      `
Takes jobs from the PostgreSQL that DATABASE_URL names; as many workers as you like, on as many machines. A worker that is killed loses
nothing: after some ten seconds another takes its jobs, and no set of parameters is counted twice. Ctrl-C gives its jobs back at once.

Examples:
  DATABASE_URL=postgres://localhost/tidemark tidemark worker
  DATABASE_URL=postgres://localhost/tidemark tidemark serve --roles api,engine
  DATABASE_URL=postgres://db.example/tidemark tidemark worker --threads 8`,
    )
    .action((options: Options) => work(options, terminal, version));
}
