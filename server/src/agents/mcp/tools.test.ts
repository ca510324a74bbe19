import { readFileSync } from 'node:fs';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { AGENT_SCOPES } from '../../approvals/keys.ts';
import { buildSchema } from '../../graphql/schema.ts';
import { outputSchemaOf } from './output-schema.ts';
import { annotationsOf } from './tool.ts';
import { TOOLS, toolsFor } from './tools.ts';

const schema = buildSchema();
/** As the protocol lists a tool. */
const listed = TOOLS.map(({ name, description, input, document, hints }) => ({
  name,
  description,
  inputSchema: input,
  outputSchema: outputSchemaOf(document, schema),
  annotations: annotationsOf(hints),
}));

test('the contract: which tools there are, and what a key must be for', () =>
  expect(
    Object.fromEntries(AGENT_SCOPES.map((scope) => [scope, TOOLS.filter((tool) => tool.scope === scope).map(({ name }) => name)])),
  ).toEqual({
    read: [
      'get_overview',
      'list_strategies',
      'get_strategy',
      'list_positions',
      'get_orders',
      'list_proposals',
      'list_alerts',
      'get_risk',
      'get_health',
      'search_journal',
      'get_market_data',
      'get_runs',
      'get_models',
      'recall',
      'remember',
    ],
    research: ['create_strategy', 'run_backtest', 'run_sweep'],
    propose: ['propose_order', 'propose_change', 'propose_version'],
    stop: ['pause_entries', 'lower_limit', 'disable_strategy', 'engage_kill_switch'],
  }));

test('docs/agents.md names every tool with its scope', () => {
  const document = readFileSync(new URL('../../../../docs/agents.md', import.meta.url), 'utf8');
  const rows = [...document.matchAll(/^\| `(\w+)` +\| `(\w+)` +\|/gm)].map(([, name, scope]) => ({ name, scope }));
  expect(rows).toEqual(TOOLS.map(({ name, scope }) => ({ name, scope })));
});

test('at most 25 tools, whose whole list has at most 8,000 tokens', () => {
  expect(TOOLS.length).toBeLessThanOrEqual(25);
  const tokens = encode(JSON.stringify({ tools: listed })).length;
  expect(tokens).toBeLessThanOrEqual(8_000);
  expect(tokens).toBeGreaterThan(4_000);
});

describe.each(TOOLS)('$name', ({ name, scope, hints, document, input }) => {
  test('asks what the schema has', () => expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]));

  test('reads or writes, as it says', () => {
    expect(document.startsWith(hints.readOnlyHint ? 'query' : 'mutation')).toBe(true);
    // Of what a key for reading has, one tool writes, and only what its own agent reads again.
    expect(hints.readOnlyHint).toBe(scope === 'read' && name !== 'remember');
    expect(hints.destructiveHint).toBe(name === 'engage_kill_switch');
  });

  test('takes what it names and nothing else', () => {
    expect(input.additionalProperties).toBe(false);
    const required = input.required ?? [];
    expect(required.filter((field) => input.properties?.[field] === undefined)).toEqual([]);
  });
});

test('a key sees the tools of its scopes', () => {
  expect(toolsFor(['read']).map(({ scope }) => scope)).toEqual(TOOLS.filter(({ scope }) => scope === 'read').map(() => 'read'));
  expect(toolsFor(['read', 'stop']).some(({ scope }) => scope === 'research' || scope === 'propose')).toBe(false);
  expect(toolsFor(AGENT_SCOPES)).toEqual(TOOLS);
});
