import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { InvalidInput, NotFound } from '../graphql/errors.ts';
import type { Principal } from '../graphql/principal.ts';
import type { Instant } from '../money/instant.ts';
import { isPrintable } from '../orders/ticket.ts';
import { atLeast, FRESH_MS, lesser, ROLE_NAMES } from '../approvals/roles.ts';
import type { Role } from '../approvals/roles.ts';

/** A new key: the secret is known to nobody after this answer. */
export interface NewApiKey {
  readonly __typename: 'ApiKeyPayload';
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly secret: string;
}

/** A key as it is remembered: without its secret. */
export interface ListedApiKey {
  readonly id: string;
  readonly name: string;
  readonly personId: string;
  readonly role: Role;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
  readonly revoked: boolean;
}

export interface AccountKeys {
  create(
    owner: Pick<Principal, 'personId' | 'name' | 'role'>,
    name: string,
    role: Role,
  ): Promise<{ readonly id: string; readonly secret: string }>;
  list(): Promise<readonly ListedApiKey[]>;
  /** Ends the key and every socket that rests on it; false where it is unknown or was revoked before. */
  revoke(id: string): Promise<boolean>;
}

interface Revoked {
  readonly __typename: 'ApiKeyRevokedPayload';
  readonly id: string;
}

type Authorized = Context & { readonly principal: Principal };

const NAME_LENGTH_MAX = 60;
/** A program trades; what lets more risk through is for people. */
const KEY_ROLE_DEFAULT: Role = 'trader';

async function createApiKey(name: string, role: Role | undefined, { principal, keys }: Authorized): Promise<NewApiKey | InvalidInput> {
  if (name.trim() === '' || name.length > NAME_LENGTH_MAX || !isPrintable(name)) {
    return invalidInput('name', `name must be 1 to ${NAME_LENGTH_MAX} printable characters`, 'Name the program that will use the key.');
  }
  const given = role ?? lesser(KEY_ROLE_DEFAULT, principal.role);
  if (!atLeast(principal.role, given)) {
    return invalidInput('role', `a key can do at most what you can: ${ROLE_NAMES[principal.role]}`, 'Choose the least role that will do.');
  }
  return { __typename: 'ApiKeyPayload', name, role: given, ...(await keys.create(principal, name, given)) };
}

const isOwn = (key: ListedApiKey, { principal }: Authorized): boolean => key.personId === principal.personId;

/** One's own keys; an admin sees everybody's. */
async function visibleKeys(context: Authorized): Promise<ListedApiKey[]> {
  const all = await context.keys.list();
  return context.principal.role === 'admin' ? [...all] : all.filter((key) => isOwn(key, context));
}

async function revokeApiKey(id: string, context: Authorized): Promise<Revoked | NotFound> {
  const known = (await visibleKeys(context)).some((key) => key.id === id);
  return known && (await context.keys.revoke(id)) ? { __typename: 'ApiKeyRevokedPayload', id } : notFound('working API key', id);
}

/** Until when what is dangerous asks for no password. */
async function freshUntil(principal: Principal, { people }: Context): Promise<Instant | undefined> {
  const confirmedAt = principal.kind === 'person' ? await people.confirmedAt(principal.proof) : undefined;
  return confirmedAt === undefined ? undefined : ((confirmedAt + FRESH_MS) as Instant);
}

function addTypes(builder: Builder, enums: Enums): void {
  builder.objectType('Viewer', {
    description: 'Who asks.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      kind: t.exposeString('kind', { description: 'person or api-key.' }),
      role: t.expose('role', { type: enums.role }),
      personId: t.exposeID('personId', { description: 'The person, or the owner of the key.' }),
      freshUntil: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'Until then what is dangerous asks for no password; null for keys, which never may.',
        resolve: (principal, _args, context) => freshUntil(principal, context),
      }),
      hasPassword: t.boolean({
        resolve: async ({ personId }, _args, { people }) => (await people.byId(personId))?.hasPassword ?? false,
      }),
    }),
  });
  builder.objectType('ApiKey', {
    description: 'A key of a program, without its secret.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      personId: t.exposeID('personId', { description: 'Whose key it is.' }),
      role: t.expose('role', { type: enums.role, description: 'It can do at most this, and at most what its owner can.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
      revoked: t.exposeBoolean('revoked'),
    }),
  });
  builder.objectType('ApiKeyPayload', {
    description: 'A new key: the secret is shown this once.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      role: t.expose('role', { type: enums.role }),
      secret: t.exposeString('secret'),
    }),
  });
  builder.objectType('ApiKeyRevokedPayload', { fields: (t) => ({ id: t.exposeID('id') }) });
}

export function addAccounts(builder: Builder, enums: Enums): void {
  addTypes(builder, enums);
  const created = builder.unionType('CreateApiKeyResult', { types: ['ApiKeyPayload', 'InvalidInputError'], resolveType: typeOfMember });
  const revoked = builder.unionType('RevokeApiKeyResult', { types: ['ApiKeyRevokedPayload', 'NotFoundError'], resolveType: typeOfMember });
  const authScopes = { principal: true } as const;
  builder.queryFields((t) => ({
    viewer: t.authField({ type: 'Viewer', authScopes, resolve: (_root, _args, { principal }) => principal }),
    apiKeys: t.authField({
      type: ['ApiKey'],
      authScopes,
      description: 'Your own keys; to an admin, everybody’s.',
      resolve: (_root, _args, context) => visibleKeys(context),
    }),
  }));
  builder.mutationFields((t) => ({
    createApiKey: t.authField({
      type: created,
      authScopes,
      args: { name: t.arg.string({ required: true }), role: t.arg({ type: enums.role, description: 'Trader where absent.' }) },
      resolve: (_root, { name, role }, context) => createApiKey(name, role ?? undefined, context),
    }),
    revokeApiKey: t.authField({
      type: revoked,
      authScopes,
      description: 'Ends a key at once, and with it every socket that rests on it.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => revokeApiKey(id, context),
    }),
  }));
}
