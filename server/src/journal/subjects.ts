import type { JournalEntry } from './journal.ts';

/** Fields whose text names something that an entry can be looked up by. */
const ID_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'orderId',
  'intentId',
  'clientOrderId',
  'brokerOrderId',
  'executionId',
  'decisionId',
  'requestId',
  'strategyId',
  'alertId',
  'symbol',
]);
/** Market input names every symbol at every bar: an index of it would be the journal again. */
const MARKET_KINDS: ReadonlySet<string> = new Set(['BarsClosed', 'Marked', 'AskStrategy', 'StrategyDecided', 'InstrumentsProfiled']);
const DEPTH_MAX = 6;
const LENGTH_MAX = 200;

/** Ids (and, of a few kinds, symbols and limit names) that an entry mentions, each once. */
export function subjectsOf({ kind, payload }: JournalEntry): readonly string[] {
  const found = new Set<string>();
  collect(payload, MARKET_KINDS.has(kind), 0, found);
  if ((kind === 'LimitSet' || kind === 'LimitChanged') && isRecord(payload) && typeof payload['name'] === 'string')
    found.add(payload['name']);
  return [...found];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

function collect(value: unknown, withoutSymbols: boolean, depth: number, found: Set<string>): void {
  if (!isRecord(value) || depth > DEPTH_MAX) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, withoutSymbols, depth + 1, found);
    return;
  }
  for (const [key, field] of Object.entries(value)) {
    if (typeof field !== 'string') collect(field, withoutSymbols, depth + 1, found);
    else if (ID_FIELDS.has(key) && field !== '' && field.length <= LENGTH_MAX && !(withoutSymbols && key === 'symbol')) found.add(field);
  }
}
