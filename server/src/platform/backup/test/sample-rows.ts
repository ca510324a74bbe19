import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../../database.ts';

export type SampleRow = Readonly<Record<string, string | number | boolean | Buffer>>;

/** A row by its columns: what is not named has its default. */
export const insertRow = async (db: Kysely<Database>, table: string, row: SampleRow): Promise<void> =>
  void (await sql`insert into ${sql.table(table)} (${sql.join(Object.keys(row).map((column) => sql.ref(column)))})
    values (${sql.join(Object.values(row))})`.execute(db));

const AT = '2026-02-03T04:05:06.123456Z';
const LATER = '2026-04-03T04:05:06Z';
const HASH = 'b'.repeat(64);
/** Of the version that the sample records begin with. */
export const VERSION = 'a'.repeat(64);
const AGENT = 'agent:one';
const BAR = { symbol: 'SAMPLE', timeframe: '1d' };
const OPTION = 'SAMPLE260619C00010000';

export const PERSON: SampleRow = { id: 'second', name: 'Second', created_at: AT, role: 'trader' };
export const PASSKEY: SampleRow = {
  id: 'passkey',
  person_id: 'second',
  credential_id: 'credential',
  public_key: 'public',
  counter: 7,
  user_handle: 'handle',
  rp_id: 'localhost',
  transports: 'internal',
  name: 'Laptop',
  created_at: AT,
};
export const sweep = (id: string): SampleRow => ({
  id,
  state: 'queued',
  strategy_name: 'one',
  version: VERSION,
  request: '{}',
  symbols: '["SAMPLE"]',
  timeframe: '1d',
  command: 'tidemark sweep',
  created_at: AT,
});
const run = (id: string): SampleRow => ({
  id,
  state: 'done',
  progress: 1,
  strategy_name: 'one',
  version: VERSION,
  parameters: '{"fast": 1.50}',
  symbols: '["SAMPLE"]',
  command: 'tidemark backtest',
  created_at: AT,
  finished_at: AT,
  result: '{"return":0.1}',
});
export const trial = (source: string): SampleRow => ({
  source,
  part: 0,
  version: VERSION,
  symbols: '["SAMPLE"]',
  timeframe: '1d',
  from_at: AT,
  to_at: LATER,
  data_hash: HASH,
  sets: 2,
  sharpes: 2,
  sharpe_mean: 0.1,
  sharpe_squares: 0.2,
  at: AT,
});
export const change = (action: string): SampleRow => ({
  model_id: HASH,
  action,
  from_state: 'candidate',
  to_state: 'shadow',
  by_person: 'owner',
  reason: 'it is good',
  at: AT,
});

const MARKET: readonly (readonly [string, SampleRow])[] = [
  ['bars', { ...BAR, adjustment: 'raw', start_at: AT, open: 0.1 + 0.2, high: 2, low: 0, close: 1e-7, volume: 0, provider: 'sample' }],
  [
    'instruments',
    {
      symbol: 'SAMPLE',
      name: 'Sample',
      asset_class: 'equity',
      source: 'synthetic',
      tick: '0.010000000',
      lot: '1',
      broad: false,
      tradable: true,
      shortable: true,
    },
  ],
  [
    'option_contracts',
    {
      symbol: OPTION,
      root: 'SAMPLE',
      underlying: 'SAMPLE',
      expires_on: '2026-06-19',
      option_right: 'call',
      strike: '10.5',
      style: 'american',
      multiplier: 100,
      tradable: true,
      source: 'synthetic',
      name: 'Sample call',
      provider: 'sample',
      updated_at: AT,
    },
  ],
  ['option_quotes', { symbol: OPTION, bid: '1.05', no_volatility: 'no ask', receipt: '{"a": 1.50}', provider: 'sample', received_at: AT }],
];

const RESEARCH: readonly (readonly [string, SampleRow])[] = [
  ['runs', run('run')],
  ['runs', { ...run('another'), reused_from: 'run' }],
  ['sweeps', sweep('sweep')],
  ['sweep_chunks', { sweep_id: 'sweep', chunk: 0, sets: 1, refused: 0, figures: Buffer.from([0, 255]), finished_at: AT }],
  ['walk_forward_results', { sweep_id: 'sweep', result: '{"windows":[]}' }],
  ['trials', trial('first')],
  ['trials', trial('second')],
  [
    'models',
    {
      id: HASH,
      version: VERSION,
      strategy_name: 'one',
      state: 'shadow',
      manifest: '{}',
      bytes: Buffer.from([1, 0]),
      label: '{}',
      symbols: '["SAMPLE"]',
      timeframe: '1d',
      dataset_hash: HASH,
      from_at: AT,
      to_at: AT,
      evaluation: '{}',
      content_key: 'key',
      notes: '',
      expires_at: LATER,
      created_at: AT,
      created_by: 'owner',
    },
  ],
  ['model_changes', change('shadow')],
  ['model_changes', change('freeze')],
  [
    'trainings',
    {
      id: 'training',
      state: 'done',
      progress: 1,
      strategy_name: 'one',
      request: '{}',
      symbols: '[]',
      timeframe: '1d',
      model_id: HASH,
      command: 'tidemark train',
      created_at: AT,
      created_by: 'owner',
    },
  ],
  [
    'retrainings',
    {
      id: 'retraining',
      model_id: HASH,
      reason: 'drift',
      evidence: 'it drifts',
      new_bars: 5,
      newest_at: AT,
      state: 'started',
      proposed_at: AT,
      ended_at: AT,
      by_person: 'owner',
      training_id: 'training',
    },
  ],
];

const PREDICTION = { strategy_id: 'mind', version: VERSION, symbol: 'SAMPLE', bar_at: AT };
const PREDICTED: readonly (readonly [string, SampleRow])[] = [
  [
    'predictions',
    {
      ...PREDICTION,
      decided_at: AT,
      model_id: HASH,
      seq: 5,
      score: 0.1 + 0.2,
      verdict: 'long',
      reason: '',
      features: Buffer.alloc(8),
      agrees: true,
    },
  ],
  ['prediction_outcomes', { ...PREDICTION, label: 1, gained: -1e-300, ends_at: LATER }],
  [
    'model_drift',
    {
      strategy_id: 'mind',
      version: VERSION,
      decided_at: AT,
      model_id: HASH,
      rows: 10,
      outcomes: 9,
      health: 50,
      stability_index: 0.3,
      measures: '{}',
    },
  ],
  ['prediction_progress', { id: 1, seq: 5 }],
];

const PEOPLE: readonly (readonly [string, SampleRow])[] = [
  ['passkeys', { ...PASSKEY, id: 'first', credential_id: 'first', person_id: 'owner' }],
  ['recovery_codes', { code_hash: HASH, person_id: 'owner', created_at: AT }],
  ['second_factors', { person_id: 'owner', secret: 'plain:secret', created_at: AT, last_step: 3 }],
  ['broker_keys', { mode: 'paper', host: 'localhost', hint: 'PK…12', sealed: 'tmk1:sealed', master_key_id: 'c'.repeat(16), added_at: AT }],
  ['alert_channels', { channel: 'mail', after_seq: 3 }],
  [
    'alert_deliveries',
    { seq: 2, channel: 'mail', content: '{}', state: 'sent', attempts: 1, queued_at: AT, next_at: AT, sent_at: AT, due_at: AT },
  ],
];

const AGENTS: readonly (readonly [string, SampleRow])[] = [
  ['agent_calls', { id: 'call', at: AT, actor: AGENT, tool: 'orders', arguments: '{}' }],
  ['agent_call_ends', { call_id: 'call', outcome: 'answered', duration_ms: 1, cost: 1, answer: '{}' }],
  ['agent_runs', { id: 'run', agent_id: 'one', trigger: 'schedule', queued_at: AT }],
  ['agent_turns', { run_id: 'run', number: 1, at: AT, said: 'täglich', tools: '[]', tokens_in: 1, tokens_out: 1, duration_ms: 1 }],
  ['agent_work', { work_id: 'sweep', run_id: 'run', at: AT, sets: 2 }],
  ['agent_memories', memory('kept')],
  ['agent_memory_texts', { memory_id: 'kept', text: 'mind the gap' }],
  ['agent_memories', memory('erased')],
  ['agent_memory_erasures', { memory_id: 'erased', at: AT, actor: 'owner', reason: 'it was wrong' }],
  [
    'change_proposals',
    {
      id: 'proposal',
      agent: AGENT,
      owner_id: 'owner',
      idempotency_key: 'one',
      asked_hash: HASH,
      kind: 'limit',
      content: '{}',
      hash: HASH,
      explanation: 'less',
      sources: '[]',
      created_at: AT,
      expires_at: LATER,
      state: 'approved',
      decided_by: 'owner',
      decided_at: AT,
    },
  ],
];

function memory(id: string): SampleRow {
  return { id, at: AT, actor: AGENT, kind: 'note', source: 'itself', about: '', text_hash: HASH, text_bytes: 12, expires_at: LATER };
}

/** Rows of every table but those of the owner, its key, the version and the settings, each after those that it refers to. */
export const sampleRows = (keyId: string): readonly (readonly [table: string, row: SampleRow])[] => [
  ...MARKET,
  ...RESEARCH,
  ...PREDICTED,
  ...PEOPLE,
  [
    'agents',
    {
      id: 'one',
      name: 'One',
      role: 'analyst',
      key_id: keyId,
      owner_id: 'owner',
      model: 'scripted',
      turns_per_run_max: 1,
      seconds_per_run_max: 1,
      tokens_per_day_max: 1,
      trials_per_day_max: 1,
      work_seconds_per_day_max: 1,
      created_at: AT,
    },
  ],
  ...AGENTS,
];
