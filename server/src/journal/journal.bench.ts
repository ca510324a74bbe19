import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { encode } from './codec.ts';
import { openEmbeddedJournal } from './embedded.ts';
import type { Journal } from './journal.ts';
import { openPostgresJournal } from './postgres.ts';
import { projectEntries, startProjector } from './projector.ts';
import { sampleFact } from './sample-entries.ts';
import { batchOf } from './test-journal.ts';

// Run with node: prints what the journal and its projections carry on this machine. Tests never assert times.

const since = (startedAt: number): number => performance.now() - startedAt;
const line = (name: string, count: number, ms: number): void =>
  console.log(`${name.padEnd(56)} ${Math.round((count / ms) * 1000).toLocaleString('en')} /s, ${((ms / count) * 1000).toFixed(1)} µs each`);

async function appends(name: string, journal: Journal, rounds: number): Promise<void> {
  let startedAt = performance.now();
  for (let round = 0; round < rounds; round += 1) await journal.append(batchOf(round * 3, 3));
  line(`${name}: batches of 3, one after the other`, rounds, since(startedAt));
  startedAt = performance.now();
  await Promise.all(Array.from({ length: rounds * 4 }, async (_, round) => await journal.append(batchOf(round * 3, 3))));
  line(`${name}: batches of 3, all at once`, rounds * 4, since(startedAt));
  const { seq } = journal.head();
  startedAt = performance.now();
  for (let after = 0; after < seq; after += 1_000) await journal.read(after, 1_000);
  line(`${name}: entries read`, seq, since(startedAt));
  startedAt = performance.now();
  await journal.verify();
  line(`${name}: entries verified`, seq, since(startedAt));
}

const dir = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
const facts = fc.sample(sampleFact, { numRuns: 5_000, seed: 1 });
let startedAt = performance.now();
for (const fact of facts) encode(fact);
line('codec: facts encoded', facts.length, since(startedAt));

const journal = await openEmbeddedJournal({ dir: join(dir, 'a') });
await appends('files', journal, 1_000);
await journal.close();

const database = await openDatabase({});
await migrate(database.db);
const projected = await openEmbeddedJournal({ dir: join(dir, 'b') });
for (let from = 0; from < facts.length; from += 5) {
  const batch = facts
    .slice(from, from + 5)
    .map((fact) => ({ kind: fact.kind, type: 'fact', at: 0, actor: 'engine', cause: undefined, payload: fact }));
  await projected.append(batch as unknown as Parameters<Journal['append']>[0]);
}
startedAt = performance.now();
const projector = await startProjector({ db: database.db, journal: projected, withJournal: false, onError: console.error });
line('embedded database: facts projected from a standing start', facts.length, since(startedAt));
startedAt = performance.now();
for (const fact of facts.slice(0, 300)) {
  const batch = [{ kind: fact.kind, type: 'fact', at: 0, actor: 'engine', cause: undefined, payload: fact }];
  const [entry] = await projected.append(batch as unknown as Parameters<Journal['append']>[0]);
  await projector.waitFor(entry?.seq ?? 0);
}
line('embedded database: append one and wait for its projection', 300, since(startedAt));
startedAt = performance.now();
for (let round = 0; round < 500; round += 1) await database.ping();
line('embedded database: round trips', 500, since(startedAt));
await projector.close();
await projected.close();
await database.close();

const url = process.env['TIDEMARK_TEST_DATABASE_URL'];
if (url !== undefined) {
  const server = await openDatabase({ url, schema: 'bench_journal' });
  await migrate(server.db);
  await server.db.deleteFrom('journal').execute();
  await server.db.deleteFrom('projection_progress').execute();
  await server.db.deleteFrom('journal_kinds').execute();
  await server.db.deleteFrom('journal_subjects').execute();
  const inPostgres = await openPostgresJournal({ db: server.db, withTransaction: projectEntries });
  await appends('PostgreSQL, with projections', inPostgres, 200);
  await inPostgres.close();
  await server.close();
}
await rm(dir, { recursive: true, force: true });
