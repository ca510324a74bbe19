import {
  buildSchema as schemaOf,
  execute,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  printSchema,
  subscribe,
} from 'graphql';
import type { GraphQLField, GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { securityDocument } from '../../../schema/print.ts';
import { FRESH_MS, ROLES } from '../approvals/roles.ts';
import { instantFromMs } from '../money/instant.ts';
import { NEEDS, withAuthorization } from './authorization.ts';
import type { Context } from './context.ts';
import { buildSchema } from './schema.ts';
import { rootFields, ROOTS } from './test/operations.ts';

const NOW = instantFromMs(Date.parse('2024-03-01T14:30:00Z'));
const SCHEMA = buildSchema();
const FIELDS = rootFields(SCHEMA);

test('the table in docs/security.md is the table of the code', async () => {
  const { committed, written } = await securityDocument();
  expect(committed, 'run node schema/print.ts and review the difference').toBe(written);
});

describe('what is refused has called no resolver', () => {
  const called: string[] = [];
  /** The schema of the server with resolvers that do nothing but say that they were called, behind the same table. */
  function spied(): GraphQLSchema {
    const schema = schemaOf(printSchema(SCHEMA));
    for (const root of ROOTS) {
      const fields: Record<string, GraphQLField<unknown, Context>> = schema.getType(root) === undefined ? {} : rootOf(schema, root);
      for (const field of Object.values(fields))
        field[root === 'Subscription' ? 'subscribe' : 'resolve'] = () => {
          called.push(`${root}.${field.name}`);
          throw new Error('called');
        };
    }
    return withAuthorization(schema);
  }
  const rootOf = (schema: GraphQLSchema, root: (typeof ROOTS)[number]): Record<string, GraphQLField<unknown, Context>> => {
    const type = schema.getType(root);
    if (!isObjectType(type)) throw new Error(`Invariant: the schema has ${root}`);
    return type.getFields();
  };
  const schema = spied();

  const people = (confirmedAgoMs: number | undefined) => ({
    now: () => NOW,
    confirmedAt: () => Promise.resolve(confirmedAgoMs === undefined ? undefined : instantFromMs(NOW - confirmedAgoMs)),
  });
  const askers = [
    { name: 'nobody', principal: undefined, people: people(0), role: -1, fresh: false },
    ...ROLES.flatMap((role, rank) =>
      [
        { name: 'fresh', kind: 'person', agoMs: 0, fresh: true },
        { name: 'at the last moment', kind: 'person', agoMs: FRESH_MS, fresh: true },
        { name: 'a moment too late', kind: 'person', agoMs: FRESH_MS + 1, fresh: false },
        { name: 'confirmed in the future', kind: 'person', agoMs: -1, fresh: false },
        { name: 'whose session has ended', kind: 'person', agoMs: undefined, fresh: false },
        { name: 'a key', kind: 'api-key', agoMs: 0, fresh: false },
      ].map(({ name, kind, agoMs, fresh }) => ({
        name: `${role}, ${name}`,
        principal: { id: 'one', name: 'One', kind, personId: 'one', role, proof: 'proof' },
        people: people(agoMs),
        role: rank,
        fresh,
      })),
    ),
  ];

  test.each(askers)('$name', async ({ principal, people: known, role, fresh }) => {
    const contextValue = { principal, people: known };
    called.length = 0;
    for (const { root, document } of FIELDS) {
      const args = { schema, document: parse(document), contextValue };
      const result = await (root === 'Subscription' ? subscribe(args) : execute(args));
      expect(result).toHaveProperty('errors');
    }
    const passing = FIELDS.filter(({ root, field }) => {
      const need = NEEDS[root][field];
      return need !== undefined && role >= ROLES.indexOf(need.role) && (need.fresh !== true || fresh);
    });
    expect(called).toEqual(passing.map(({ name }) => name));
  });
});

/** Root fields from which objects of a type can be reached, through any path of fields, lists, unions and interfaces. */
function reachedFrom(schema: GraphQLSchema): ReadonlyMap<string, ReadonlySet<string>> {
  const next = (name: string): readonly string[] => {
    const type = schema.getType(name);
    if (isUnionType(type) || isInterfaceType(type)) {
      return schema.getPossibleTypes(type).map((possible) => possible.name);
    }
    return isObjectType(type) ? Object.values(type.getFields()).map((field) => getNamedType(field.type).name) : [];
  };
  const reached = new Map<string, Set<string>>();
  const types = { Query: schema.getQueryType(), Mutation: schema.getMutationType(), Subscription: schema.getSubscriptionType() };
  for (const root of ROOTS)
    for (const field of Object.values(types[root]?.getFields() ?? {})) {
      const seen = new Set<string>();
      const open = [getNamedType(field.type).name];
      for (let name = open.pop(); name !== undefined; name = open.pop()) {
        if (seen.has(name)) continue;
        seen.add(name);
        open.push(...next(name));
      }
      for (const name of seen) reached.set(name, (reached.get(name) ?? new Set()).add(`${root}.${field.name}`));
    }
  return reached;
}

describe('what lies deeper', () => {
  const reached = reachedFrom(SCHEMA);

  /** Objects that are not for everybody who may read, and every door to them. Everything else is for each viewer. */
  const PRIVATE: Readonly<Record<string, readonly string[]>> = {
    // Of the agent that asks, or of the asker's own: the resolver looks at whose it is.
    AgentMemory: ['Mutation.rememberAsAgent', 'Query.agentMemory'],
    AgentMemoriesErasedPayload: ['Mutation.eraseAgentMemory'],
    // The asker's own, and an admin's: the resolver looks at whose each is.
    ApiKey: ['Mutation.pauseApiKey', 'Mutation.resumeApiKey', 'Query.apiKeys'],
    ApiKeyChangedPayload: ['Mutation.pauseApiKey', 'Mutation.resumeApiKey'],
    // The secret, once, to whoever made it.
    ApiKeyPayload: ['Mutation.createApiKey'],
    ApiKeyRevokedPayload: ['Mutation.revokeApiKey'],
    // The link by which somebody joins.
    InvitationPayload: ['Mutation.inviteAgain', 'Mutation.invitePerson'],
    // Of the asker alone: the codes once.
    Passkey: ['Mutation.confirmPasskey', 'Query.passkeys'],
    PasskeyAdded: ['Mutation.confirmPasskey'],
    PersonPayload: ['Mutation.changePassword', 'Mutation.setPersonRole'],
    PersonRemovedPayload: ['Mutation.removePerson'],
    SessionsEndedPayload: ['Mutation.endSessions'],
    // Of the asker alone.
    Viewer: ['Query.viewer'],
    // Signed for the server of the live account.
    PaperRecordPayload: ['Mutation.makePaperRecord'],
  };

  test.each(Object.entries(PRIVATE))('%s is reached by its own doors only', (type, doors) => {
    expect([...(reached.get(type) ?? [])].sort()).toEqual(doors);
  });

  test('no private object is found by the id of a node', () => {
    const node = SCHEMA.getType('Node');
    const found = isInterfaceType(node) ? SCHEMA.getPossibleTypes(node).map(({ name }) => name) : [];
    expect(found.length).toBeGreaterThan(5);
    expect(found.filter((name) => Object.hasOwn(PRIVATE, name) || name === 'Person' || name === 'Proposal')).toEqual([]);
  });

  /** Every field whose name could mean a secret, and why it is none or who sees it. */
  const SUSPICIOUS: Readonly<Record<string, string>> = {
    'Agent.keyId': 'names a key, and is no secret of it',
    'AgentBudget.tokensPerDayMax': 'of a language model',
    'AgentCall.resultHash': 'over an answer that stands beside it',
    'AgentMemory.textHash': 'over a text that its reader sees or saw',
    'AgentRun.tokensIn': 'of a language model',
    'AgentRun.tokensOut': 'of a language model',
    'AgentTurn.tokensIn': 'of a language model',
    'AgentTurn.tokensOut': 'of a language model',
    'AgentUse.tokens': 'of a language model',
    'ApiKeyChangedPayload.key': 'the key without its secret',
    'ApiKeyPayload.secret': 'once, to whoever made the key',
    'Brake.key': 'names what brakes',
    'ChainStretch.hash': 'of the chain',
    'ChainStretch.previousHash': 'of the chain',
    'ChangeProposal.hash': 'over what is proposed',
    'InvitationPayload.path': 'once, to the admin who invites',
    'JournalEntry.hash': 'of the chain',
    'JournalEntry.previousHash': 'of the chain',
    'Model.dataHash': 'of bars',
    'Model.datasetHash': 'of bars',
    'ModelFile.path': 'of a file that asks for a log-in itself',
    'Person.hasPassword': 'whether, not which',
    'PasskeyAdded.passkey': 'without what it is checked by',
    'Proposal.hash': 'over what is proposed',
    'Recommendation.hash': 'over what is proposed',
    'Run.dataHash': 'of bars',
    'SecondFactorBegun.secret': 'once, to whoever sets it up',
    'Study.dataHash': 'of bars',
    'Sweep.dataHash': 'of bars',
    'Viewer.hasPasskey': 'whether, not which',
    'Viewer.hasPassword': 'whether, not which',
    'WalkForward.dataHash': 'of bars',
  };

  test('no field is named like a secret without a reason', () => {
    const names = Object.values(SCHEMA.getTypeMap()).flatMap((type) =>
      (isObjectType(type) || isInterfaceType(type)) && !ROOTS.some((root) => root === type.name) && !type.name.startsWith('__')
        ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
        : [],
    );
    const suspicious = /\.\w*(?:secret|password|token|hash|path|key|cookie|signature|credential|proof)\w*$/i;
    expect(names.filter((name) => suspicious.test(name)).sort()).toEqual(Object.keys(SUSPICIOUS).sort());
  });
});
