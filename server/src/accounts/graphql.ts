import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { InvalidInput, NotFound } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import { KEY_DAYS, KEY_ROLE_MAX, scopesOf } from '../approvals/keys.ts';
import type { KeyKind, Scope } from '../approvals/keys.ts';
import type { ApiKey, KeyTerms } from './service.ts';
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
  readonly kind: KeyKind;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Instant;
  readonly secret: string;
}

export interface AccountKeys {
  create(
    owner: Pick<Principal, 'personId' | 'name' | 'role'>,
    name: string,
    role: Role,
    terms: KeyTerms,
  ): Promise<{ readonly id: string; readonly secret: string; readonly expiresAt: Instant }>;
  list(): Promise<readonly ApiKey[]>;
  /** Ends the key and every socket that rests on it; false where it is unknown or was revoked before. */
  revoke(id: string): Promise<boolean>;
  /** The key opens nothing until it is resumed, and every socket that rests on it ends; false where it is unknown, revoked or paused already. */
  pause(id: string): Promise<boolean>;
  /** False where it is unknown, revoked or not paused. */
  resume(id: string): Promise<boolean>;
}

/** A key after something was done to it. */
export interface ChangedKey {
  readonly __typename: 'ApiKeyChangedPayload';
  readonly key: ApiKey;
}

interface Revoked {
  readonly __typename: 'ApiKeyRevokedPayload';
  readonly id: string;
}

type Authorized = Context & { readonly principal: Principal };

/** What was asked for; `null` and nothing are the same. */
interface WantedKey {
  readonly name: string;
  readonly role?: Role | null | undefined;
  readonly kind?: KeyKind | null | undefined;
  readonly scopes?: readonly Scope[] | null | undefined;
  readonly days?: number | null | undefined;
}

const NAME_LENGTH_MAX = 60;
/** A program trades; what lets more risk through is for people. */
const KEY_ROLE_DEFAULT: Role = 'trader';

/** Where something about a wanted key is wrong. */
function keyProblem(
  { name, role, kind, scopes, days }: WantedKey & { readonly kind: KeyKind; readonly days: number },
  mine: Role,
): InvalidInput | undefined {
  if (name.trim() === '' || name.length > NAME_LENGTH_MAX || !isPrintable(name))
    return invalidInput('name', `name must be 1 to ${NAME_LENGTH_MAX} printable characters`, 'Name the program that will use the key.');
  const most = lesser(KEY_ROLE_MAX[kind], mine);
  if (role !== null && role !== undefined && !atLeast(most, role))
    return atLeast(mine, role)
      ? invalidInput('role', `an agent is at most ${ROLE_NAMES[most]}: it never approves`, 'Choose the least role that will do.')
      : invalidInput('role', `a key can do at most what you can: ${ROLE_NAMES[mine]}`, 'Choose the least role that will do.');
  if (kind === 'agent' && scopes?.includes('trade') === true)
    return invalidInput(
      'scopes',
      'an agent does not trade: what it wants to do a person decides about',
      'Give it PROPOSE, and STOP if it may stop trading.',
    );
  if (days < 1 || days > KEY_DAYS[kind].max)
    return invalidInput(
      'days',
      `a key of an ${kind === 'agent' ? 'agent' : 'service'} works for 1 to ${KEY_DAYS[kind].max} days`,
      'Make another before it ends.',
    );
  return undefined;
}

async function createApiKey(wanted: WantedKey, { principal, keys, security }: Authorized): Promise<NewApiKey | InvalidInput> {
  const { name } = wanted;
  const kind = wanted.kind ?? 'service';
  const days = wanted.days ?? KEY_DAYS[kind].usual;
  const problem = keyProblem({ ...wanted, kind, days }, principal.role);
  if (problem !== undefined) return problem;
  const role = wanted.role ?? lesser(KEY_ROLE_DEFAULT, principal.role);
  const scopes = scopesOf(kind, wanted.scopes ?? []);
  const made = await keys.create(principal, name, role, { kind, scopes, days });
  await security.recordAccess(
    actorOf(principal),
    principal.personId,
    'KeyMade',
    `${name}, ${kind}, ${ROLE_NAMES[role]}, ${scopes.join(' ')}`,
  );
  return { __typename: 'ApiKeyPayload', name, role, kind, scopes, ...made };
}

const isOwn = (key: ApiKey, { principal }: Authorized): boolean => key.personId === principal.personId;

/** One's own keys; an admin sees everybody's. */
async function visibleKeys(context: Authorized): Promise<ApiKey[]> {
  const all = await context.keys.list();
  return context.principal.role === 'admin' ? [...all] : all.filter((key) => isOwn(key, context));
}

async function revokeApiKey(id: string, context: Authorized): Promise<Revoked | NotFound> {
  const { keys, security, principal } = context;
  const key = (await visibleKeys(context)).find((one) => one.id === id);
  if (key === undefined || !(await keys.revoke(id))) return notFound('working API key', id);
  await security.recordAccess(actorOf(principal), key.personId, 'KeyRevoked', key.name);
  return { __typename: 'ApiKeyRevokedPayload', id };
}

/** Pauses the key, or lets it work again; a key that is so already is answered as it is, so that asking twice is no error. */
async function setKeyPaused(id: string, isPaused: boolean, context: Authorized): Promise<ChangedKey | NotFound> {
  const { keys, security, principal } = context;
  const find = async (): Promise<ApiKey | undefined> => (await visibleKeys(context)).find((key) => key.id === id && !key.revoked);
  const known = await find();
  if (known === undefined) return notFound('working API key', id);
  const isChanged = await (isPaused ? keys.pause(id) : keys.resume(id));
  if (isChanged) await security.recordAccess(actorOf(principal), known.personId, isPaused ? 'KeyPaused' : 'KeyResumed', known.name);
  const key = await find();
  return key === undefined ? notFound('working API key', id) : { __typename: 'ApiKeyChangedPayload', key };
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
      hasSecondFactor: t.boolean({
        description: 'A code of an authenticator app, or a passkey, is asked for beside the password.',
        resolve: async ({ personId }, _args, { secondFactors, passkeys }) =>
          (await secondFactors.of(personId)) !== undefined || (await passkeys.people()).has(personId),
      }),
      hasPasskey: t.boolean({
        description: 'You can prove by a passkey who you are.',
        resolve: async ({ personId }, _args, { passkeys }) => (await passkeys.people()).has(personId),
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
      kind: t.expose('kind', { type: enums.keyKind }),
      scopes: t.field({ type: [enums.keyScope], resolve: ({ scopes }) => [...scopes] }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
      revoked: t.exposeBoolean('revoked'),
      pausedAt: t.expose('pausedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Since when it opens nothing, until somebody resumes it.',
      }),
    }),
  });
  builder.objectType('ApiKeyPayload', {
    description: 'A new key: the secret is shown this once.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      role: t.expose('role', { type: enums.role }),
      kind: t.expose('kind', { type: enums.keyKind }),
      scopes: t.field({ type: [enums.keyScope], resolve: ({ scopes }) => [...scopes] }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
      secret: t.exposeString('secret'),
    }),
  });
  builder.objectType('ApiKeyRevokedPayload', { fields: (t) => ({ id: t.exposeID('id') }) });
  builder.objectType('ApiKeyChangedPayload', {
    fields: (t) => ({ key: t.expose('key', { type: 'ApiKey', description: 'As it is now.' }) }),
  });
}

export function addAccounts(builder: Builder, enums: Enums): void {
  addTypes(builder, enums);
  const created = builder.unionType('CreateApiKeyResult', { types: ['ApiKeyPayload', 'InvalidInputError'], resolveType: typeOfMember });
  const revoked = builder.unionType('RevokeApiKeyResult', { types: ['ApiKeyRevokedPayload', 'NotFoundError'], resolveType: typeOfMember });
  const paused = builder.unionType('PauseApiKeyResult', { types: ['ApiKeyChangedPayload', 'NotFoundError'], resolveType: typeOfMember });
  const resumed = builder.unionType('ResumeApiKeyResult', { types: ['ApiKeyChangedPayload', 'NotFoundError'], resolveType: typeOfMember });
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
      args: {
        name: t.arg.string({ required: true }),
        role: t.arg({ type: enums.role, description: 'Trader where absent.' }),
        kind: t.arg({ type: enums.keyKind, description: 'SERVICE where absent.' }),
        scopes: t.arg({ type: [enums.keyScope], description: 'Beside READ, which every key has: where absent it only reads.' }),
        days: t.arg.int({ description: 'How long it works: 90 days where absent, 30 of an agent; at most 365, of an agent 90.' }),
      },
      resolve: (_root, wanted, context) => createApiKey(wanted, context),
    }),
    revokeApiKey: t.authField({
      type: revoked,
      authScopes,
      description: 'Ends a key at once, and with it every socket that rests on it.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => revokeApiKey(id, context),
    }),
    pauseApiKey: t.authField({
      type: paused,
      authScopes,
      description: 'A key opens nothing until it is resumed; every socket that rests on it, and every call under way, ends at once.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => setKeyPaused(id, true, context),
    }),
    resumeApiKey: t.authField({
      type: resumed,
      authScopes,
      description: 'A paused key opens again what it did.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => setKeyPaused(id, false, context),
    }),
  }));
}
