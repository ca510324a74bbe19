import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { passkeyNameProblem, PASSKEYS_MAX } from './passkey-service.ts';
import type { Added, AtSession, CreationOptions, Passkey } from './passkey-service.ts';
import { NO_SITE } from './passkeys/site.ts';

/** What the API needs of passkeys. */
export interface Passkeys {
  of(personId: string): Promise<readonly Passkey[]>;
  /** Who has one. */
  people(): Promise<ReadonlySet<string>>;
  /** `undefined` where the person has as many as one may have. */
  begin(at: AtSession, personName: string): Promise<CreationOptions | undefined>;
  /** With recovery codes where it is the first second factor: then other sessions of the person end. */
  add(
    at: AtSession,
    made: { readonly name: string; readonly answer: string },
  ): Promise<(Added & { readonly ok: true } & { readonly codes: readonly string[] }) | (Added & { readonly ok: false })>;
  /** The name of before; `undefined` where it is not the person's. */
  rename(id: string, personId: string, name: string): Promise<string | undefined>;
  /** Its name, where it was the person's; other sessions of theirs end. */
  remove(id: string, personId: string, proof: string): Promise<string | undefined>;
}

export interface PasskeyBegun {
  readonly __typename: 'PasskeyBegun';
  readonly options: string;
}
export interface PasskeyAdded {
  readonly __typename: 'PasskeyAdded';
  readonly passkey: Passkey;
  readonly codes: readonly string[];
}
export interface PasskeyRenamed {
  readonly __typename: 'PasskeyRenamed';
  readonly id: string;
  readonly name: string;
}
export interface PasskeyRemoved {
  readonly __typename: 'PasskeyRemoved';
  readonly id: string;
}

type Authorized = Context & { readonly principal: Principal };

/** The session of a person in a browser; `undefined` where no passkey can be made for the name in its address bar. */
const sessionIn = ({ principal: { personId, proof }, site }: Authorized): AtSession | undefined =>
  site === undefined ? undefined : { personId, sessionId: proof, site };

const badName = (problem: string): InvalidInput => invalidInput('name', problem, 'Name the device that it is on.');

async function begin(context: Authorized): Promise<PasskeyBegun | Conflict> {
  const at = sessionIn(context);
  if (at === undefined) return conflict(NO_SITE);
  const person = await context.people.byId(at.personId);
  if (person === undefined) return conflict('You are not here any more.');
  const options = await context.passkeys.begin(at, person.name);
  if (options === undefined) return conflict(`You have ${PASSKEYS_MAX} passkeys, which is the most: remove one first.`);
  return { __typename: 'PasskeyBegun', options: JSON.stringify(options) };
}

async function confirm(
  { name, answer }: { readonly name: string; readonly answer: string },
  context: Authorized,
): Promise<PasskeyAdded | InvalidInput | Conflict> {
  const at = sessionIn(context);
  if (at === undefined) return conflict(NO_SITE);
  const problem = passkeyNameProblem(name);
  if (problem !== undefined) return badName(problem);
  const added = await context.passkeys.add(at, { name, answer });
  if (!added.ok) return conflict(added.problem);
  const { passkey, codes } = added;
  await context.security.recordAccess(actorOf(context.principal), at.personId, 'PasskeyAdded', `${name}, for ${passkey.site}`);
  return { __typename: 'PasskeyAdded', passkey, codes };
}

async function rename(
  { id, name }: { readonly id: string; readonly name: string },
  { passkeys, security, principal }: Authorized,
): Promise<PasskeyRenamed | InvalidInput | NotFound> {
  const problem = passkeyNameProblem(name);
  if (problem !== undefined) return badName(problem);
  const before = await passkeys.rename(id, principal.personId, name);
  if (before === undefined) return notFound('passkey', id);
  await security.recordAccess(actorOf(principal), principal.personId, 'PasskeyRenamed', `${before} is now ${name}`);
  return { __typename: 'PasskeyRenamed', id, name };
}

async function remove(id: string, { passkeys, security, principal }: Authorized): Promise<PasskeyRemoved | NotFound> {
  const name = await passkeys.remove(id, principal.personId, principal.proof);
  if (name === undefined) return notFound('passkey', id);
  await security.recordAccess(actorOf(principal), principal.personId, 'PasskeyRemoved', name);
  return { __typename: 'PasskeyRemoved', id };
}

function addTypes(builder: Builder): void {
  builder.objectType('Passkey', {
    description: 'What a device of yours signs log-ins with, once it has seen your finger, face or PIN.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name', { description: 'As you named the device.' }),
      site: t.exposeString('site', { description: 'The only name of this server under which it works.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      lastUsedAt: t.expose('lastUsedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it last proved who you are; null before.',
      }),
    }),
  });
  builder.objectType('PasskeyBegun', {
    description: 'For the browser, which asks a device to make a passkey. Counts for five minutes, in this session, once.',
    fields: (t) => ({ options: t.exposeString('options', { description: 'JSON of PublicKeyCredentialCreationOptions.' }) }),
  });
  builder.objectType('PasskeyAdded', {
    description: 'The passkey works from now on.',
    fields: (t) => ({
      passkey: t.expose('passkey', { type: 'Passkey', description: 'As the list shows it.' }),
      codes: t.stringList({
        description: 'Recovery codes, where nothing stood beside the password before; else none. Shown this once.',
        resolve: ({ codes }) => [...codes],
      }),
    }),
  });
  builder.objectType('PasskeyRenamed', {
    description: 'The passkey has another name.',
    fields: (t) => ({ id: t.exposeID('id'), name: t.exposeString('name') }),
  });
  builder.objectType('PasskeyRemoved', { description: 'The passkey opens nothing any more.', fields: (t) => ({ id: t.exposeID('id') }) });
}

function addMutations(builder: Builder): void {
  const resolveType = typeOfMember;
  const begun = builder.unionType('BeginPasskeyResult', { types: ['PasskeyBegun', 'ConflictError'], resolveType });
  const added = builder.unionType('ConfirmPasskeyResult', { types: ['PasskeyAdded', 'InvalidInputError', 'ConflictError'], resolveType });
  const renamed = builder.unionType('RenamePasskeyResult', {
    types: ['PasskeyRenamed', 'InvalidInputError', 'NotFoundError'],
    resolveType,
  });
  const removed = builder.unionType('RemovePasskeyResult', { types: ['PasskeyRemoved', 'NotFoundError'], resolveType });
  const authScopes = { principal: true } as const;
  builder.mutationFields((t) => ({
    beginPasskey: t.authField({
      type: begun,
      authScopes,
      description: 'What the browser asks a device for, which then makes a passkey.',
      resolve: (_root, _args, context) => begin(context),
    }),
    confirmPasskey: t.authField({
      type: added,
      authScopes,
      description:
        'Keeps the passkey that the device has made: it logs in by itself, and stands beside the password. Where it is the first, other sessions of yours end.',
      args: { name: t.arg.string({ required: true }), answer: t.arg.string({ required: true }) },
      resolve: (_root, made, context) => confirm(made, context),
    }),
    renamePasskey: t.authField({
      type: renamed,
      authScopes,
      description: 'Another name for one of your passkeys.',
      args: { id: t.arg.id({ required: true }), name: t.arg.string({ required: true }) },
      resolve: (_root, wanted, context) => rename(wanted, context),
    }),
    removePasskey: t.authField({
      type: removed,
      authScopes,
      description:
        'One of your passkeys opens nothing any more; other sessions of yours end, since they may be on the device that is gone.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => remove(id, context),
    }),
  }));
}

/** Passkeys beside the password, or in its place. */
export function addPasskeys(builder: Builder): void {
  addTypes(builder);
  builder.queryField('passkeys', (t) =>
    t.authField({
      type: ['Passkey'],
      authScopes: { principal: true },
      description: 'Yours, as they came.',
      resolve: async (_root, _args, { passkeys, principal }) => [...(await passkeys.of(principal.personId))],
    }),
  );
  addMutations(builder);
}
