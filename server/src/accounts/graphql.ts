import type { Builder } from '../graphql/builder.ts';
import { invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { InvalidInput, NotFound } from '../graphql/errors.ts';
import type { Principal } from '../graphql/principal.ts';
import type { Instant } from '../money/instant.ts';
import { isPrintable } from '../orders/ticket.ts';

/** A new key: the secret is known to nobody after this answer. */
export interface NewApiKey {
  readonly __typename: 'ApiKeyPayload';
  readonly id: string;
  readonly name: string;
  readonly secret: string;
}

/** A key as it is remembered: without its secret. */
export interface ListedApiKey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
  readonly revoked: boolean;
}

export interface AccountKeys {
  create(owner: Principal, name: string): Promise<{ readonly id: string; readonly secret: string }>;
  list(): Promise<readonly ListedApiKey[]>;
  /** Ends the key and every socket that rests on it; false where it is unknown or was revoked before. */
  revoke(id: string): Promise<boolean>;
}

interface Revoked {
  readonly __typename: 'ApiKeyRevokedPayload';
  readonly id: string;
}

const NAME_LENGTH_MAX = 60;

async function createApiKey(name: string, owner: Principal, keys: AccountKeys): Promise<NewApiKey | InvalidInput> {
  if (name.trim() === '' || name.length > NAME_LENGTH_MAX || !isPrintable(name)) {
    return invalidInput('name', `name must be 1 to ${NAME_LENGTH_MAX} printable characters`, 'Name the program that will use the key.');
  }
  return { __typename: 'ApiKeyPayload', name, ...(await keys.create(owner, name)) };
}

const revokeApiKey = async (id: string, keys: AccountKeys): Promise<Revoked | NotFound> =>
  (await keys.revoke(id)) ? { __typename: 'ApiKeyRevokedPayload', id } : notFound('working API key', id);

function addTypes(builder: Builder): void {
  builder.objectType('Viewer', {
    description: 'Who asks.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      kind: t.exposeString('kind', { description: 'owner or api-key.' }),
    }),
  });
  builder.objectType('ApiKey', {
    description: 'A key of a program, without its secret.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
      revoked: t.exposeBoolean('revoked'),
    }),
  });
  builder.objectType('ApiKeyPayload', {
    description: 'A new key: the secret is shown this once.',
    fields: (t) => ({ id: t.exposeID('id'), name: t.exposeString('name'), secret: t.exposeString('secret') }),
  });
  builder.objectType('ApiKeyRevokedPayload', { fields: (t) => ({ id: t.exposeID('id') }) });
}

export function addAccounts(builder: Builder): void {
  addTypes(builder);
  const created = builder.unionType('CreateApiKeyResult', { types: ['ApiKeyPayload', 'InvalidInputError'], resolveType: typeOfMember });
  const revoked = builder.unionType('RevokeApiKeyResult', { types: ['ApiKeyRevokedPayload', 'NotFoundError'], resolveType: typeOfMember });
  const authScopes = { principal: true } as const;
  builder.queryFields((t) => ({
    viewer: t.authField({ type: 'Viewer', authScopes, resolve: (_root, _args, { principal }) => principal }),
    apiKeys: t.field({ type: ['ApiKey'], resolve: async (_root, _args, { keys }) => [...(await keys.list())] }),
  }));
  builder.mutationFields((t) => ({
    createApiKey: t.authField({
      type: created,
      authScopes,
      args: { name: t.arg.string({ required: true }) },
      resolve: (_root, { name }, { principal, keys }) => createApiKey(name, principal, keys),
    }),
    revokeApiKey: t.field({
      type: revoked,
      description: 'Ends a key at once, and with it every socket that rests on it.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, { keys }) => revokeApiKey(id, keys),
    }),
  }));
}
