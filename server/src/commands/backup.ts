import type { Command } from 'commander';
import type { Terminal } from './usage.ts';

interface BackupFlags {
  readonly out: string;
  readonly dataDir: string;
  readonly json?: boolean;
}

export function addBackup(program: Command, terminal: Terminal): void {
  program
    .command('backup')
    .description('Everything that cannot be made again, in one file: the journal and the records; while the server runs, too')
    .requiredOption('--out <file>', 'a new file')
    .option('--data-dir <folder>', 'where the records live; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark backup --out tidemark-$(date +%F).backup
  DATABASE_URL=postgres://localhost/tidemark tidemark backup --out /backups/today.backup

The file is read back and checked before it gets its name. It holds hashes of keys, and whatever strategies you wrote: keep it as you keep those.`,
    )
    .action(async ({ out, dataDir, json }: BackupFlags) => {
      const { makeBackup } = await import('./backup/make-backup.ts');
      const { header, notNoted } = await makeBackup(out, dataDir, terminal.environment['DATABASE_URL']);
      const { journal, tables, createdAt } = header;
      if (notNoted !== undefined) terminal.err.write(`The backup is whole, but the page Health will not show it: ${notNoted}\n`);
      terminal.out.write(
        json === true
          ? `${JSON.stringify({ file: out, createdAt, entries: journal.seq, head: journal.hash, tables })}\n`
          : `${out}: ${journal.seq} entries up to ${journal.hash}, and ${tables.length} tables of records\n`,
      );
    });
}

interface RestoreFlags {
  readonly dataDir: string;
  readonly json?: boolean;
}

export function addRestore(program: Command, terminal: Terminal): void {
  program
    .command('restore <file>')
    .description('A backup into a new data folder, or into an empty PostgreSQL database; nothing is overwritten')
    .option('--data-dir <folder>', 'a folder that is empty or not there; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark restore tidemark-2026-03-02.backup --data-dir restored
  DATABASE_URL=postgres://localhost/empty tidemark restore today.backup

The backup is read through and checked before anything is written. What is built from the journal is built at the next start. See
docs/runbooks/restore-from-backup.md.`,
    )
    .action(async (file: string, { dataDir, json }: RestoreFlags) => {
      const { restoreToDatabase, restoreToFolder } = await import('../platform/backup/restore.ts');
      const { explainUnusable } = await import('./backup/explain-unusable.ts');
      const url = terminal.environment['DATABASE_URL'];
      const { header, rows, leftOut } = await explainUnusable(file, async () => {
        if (url === undefined) return await restoreToFolder(file, dataDir);
        const { openDatabase } = await import('../platform/database.ts');
        const database = await openDatabase({ url });
        try {
          return await restoreToDatabase(file, database.db);
        } finally {
          await database.close();
        }
      });
      const place = url === undefined ? dataDir : 'the database';
      const { journal, createdAt } = header;
      if (leftOut > 0)
        terminal.err.write(
          `${leftOut} rows of records were left out: they came while the backup was made, and refer to others that it does not hold\n`,
        );
      terminal.out.write(
        json === true
          ? `${JSON.stringify({ place, createdAt, entries: journal.seq, head: journal.hash, rows, leftOut })}\n`
          : `${place}: ${journal.seq} entries up to ${journal.hash} and ${rows} rows of records, as they were at ${createdAt}\n`,
      );
    });
}
