import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { PROJECTION_KEYS } from './projector.ts';

/** What is not built from the journal: a backup holds it, a rebuild leaves it alone. */
const RECORDS: readonly string[] = [
  'agent_call_ends',
  'agent_calls',
  'agent_memories',
  'agent_memory_erasures',
  'agent_memory_texts',
  'agent_runs',
  'agent_turns',
  'agent_work',
  'agents',
  'alert_channels',
  'alert_deliveries',
  'api_keys',
  'bars',
  'broker_keys',
  'change_proposals',
  'instruments',
  'login_tokens',
  'model_changes',
  'model_drift',
  'models',
  'option_contracts',
  'option_quotes',
  'passkey_challenges',
  'passkeys',
  'people',
  'prediction_outcomes',
  'prediction_progress',
  'predictions',
  'recovery_codes',
  'retrainings',
  'runs',
  'second_factors',
  'sessions',
  'settings',
  'strategy_versions',
  'sweep_chunks',
  'sweeps',
  'trainings',
  'trials',
  'walk_forward_results',
];

test('every table is a projection, which verify compares, or a record, which a backup holds, and its key is the table’s own', async () => {
  const database = await openEmbeddedTestDatabase();
  const { rows } = await sql<{ name: string; key: readonly string[] }>`
    select c.relname::text as name, array(
      select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
      where i.indrelid = c.oid and i.indisprimary order by array_position(i.indkey, a.attnum)) as key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r' order by 1`.execute(
    database.db,
  );
  await database.close();
  const projections = rows.filter(({ name }) => name in PROJECTION_KEYS);
  expect(Object.fromEntries(projections.map(({ name, key }) => [name, [...key]]))).toEqual(PROJECTION_KEYS);
  const others = rows.map(({ name }) => name).filter((name) => !(name in PROJECTION_KEYS));
  expect(others).toEqual(
    [...RECORDS, 'backups', 'engine_requests', 'engine_status', 'journal', 'journal_snapshots', 'migrations'].toSorted(),
  );
});
