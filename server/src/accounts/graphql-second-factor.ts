import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import type { Enrolment, SecondFactor } from './second-factor-service.ts';

/** What the API needs of authenticator apps, and of the codes that stand in for apps and passkeys. */
export interface SecondFactors {
  of(personId: string): Promise<SecondFactor | undefined>;
  /** Who has one. */
  people(): Promise<ReadonlySet<string>>;
  begin(person: { readonly id: string; readonly name: string }): Promise<Enrolment | undefined>;
  /** Recovery codes that have not been used. */
  recoveryCodesLeft(personId: string): Promise<number>;
  /** Recovery codes where the code is right; other sessions of the person end. */
  confirm(personId: string, code: string, proof: string): Promise<readonly string[] | undefined>;
  makeRecoveryCodes(personId: string): Promise<readonly string[]>;
  /** False where there was none. */
  remove(personId: string): Promise<boolean>;
  /** App and passkeys, by somebody else: sessions of the person end. */
  reset(personId: string): Promise<boolean>;
}

export interface SecondFactorBegun extends Enrolment {
  readonly __typename: 'SecondFactorBegun';
}
export interface RecoveryCodesPayload {
  readonly __typename: 'RecoveryCodesPayload';
  readonly codes: readonly string[];
}
export interface SecondFactorRemoved {
  readonly __typename: 'SecondFactorRemoved';
  readonly personId: string;
}

type Authorized = Context & { readonly principal: Principal };

const NONE = 'You have no second factor.';

async function begin({ secondFactors, people, principal: { personId } }: Authorized): Promise<SecondFactorBegun | Conflict> {
  const person = await people.byId(personId);
  if (person === undefined) return conflict('You are not here any more.');
  // The link of the owner is no password: without one a lost session could not be opened by name again.
  if (!person.hasPassword) return conflict('Set a password first: the second factor stands beside it.');
  const begun = await secondFactors.begin(person);
  return begun === undefined
    ? conflict('You have a second factor already: remove it first.')
    : { __typename: 'SecondFactorBegun', ...begun };
}

async function confirm(code: string, { secondFactors, security, principal }: Authorized): Promise<RecoveryCodesPayload | InvalidInput> {
  const codes = await secondFactors.confirm(principal.personId, code.replaceAll(' ', ''), principal.proof);
  if (codes === undefined)
    return invalidInput(
      'code',
      'This is not the code of now',
      'Wait for the next one; if none is taken, the clock of your device may be wrong.',
    );
  await security.recordAccess(actorOf(principal), principal.personId, 'SecondFactorAdded', 'an authenticator app');
  return { __typename: 'RecoveryCodesPayload', codes };
}

async function makeCodes({ secondFactors, passkeys, security, principal }: Authorized): Promise<RecoveryCodesPayload | Conflict> {
  const { personId } = principal;
  if ((await secondFactors.of(personId)) === undefined && !(await passkeys.people()).has(personId)) return conflict(NONE);
  const codes = await secondFactors.makeRecoveryCodes(personId);
  await security.recordAccess(actorOf(principal), personId, 'RecoveryCodesMade');
  return { __typename: 'RecoveryCodesPayload', codes };
}

async function remove({ secondFactors, security, principal }: Authorized): Promise<SecondFactorRemoved | Conflict> {
  const { personId } = principal;
  if (!(await secondFactors.remove(personId))) return conflict(NONE);
  await security.recordAccess(actorOf(principal), personId, 'SecondFactorRemoved', 'an authenticator app');
  return { __typename: 'SecondFactorRemoved', personId };
}

async function reset(
  personId: string,
  { secondFactors, people, security, principal }: Authorized,
): Promise<SecondFactorRemoved | NotFound | Conflict> {
  if ((await people.byId(personId)) === undefined) return notFound('person', personId);
  if (personId === principal.personId) return conflict('Your own you remove on the page Security.');
  if (!(await secondFactors.reset(personId))) return conflict('They have no second factor.');
  await security.recordAccess(actorOf(principal), personId, 'SecondFactorReset', 'authenticator app and passkeys');
  return { __typename: 'SecondFactorRemoved', personId };
}

function addTypes(builder: Builder): void {
  builder.objectType('SecondFactor', {
    description: 'An authenticator app whose codes are asked for beside the password.',
    fields: (t) => ({
      addedAt: t.expose('addedAt', { type: 'DateTime' }),
      recoveryCodesLeft: t.exposeInt('recoveryCodesLeft'),
      sealed: t.exposeBoolean('sealed', { description: 'Its secret is sealed with the master key; false where the server has none.' }),
    }),
  });
  builder.objectType('SecondFactorBegun', {
    description: 'For the authenticator app. It counts once a code of it was shown.',
    fields: (t) => ({
      secret: t.exposeString('secret', { description: 'To type. Shown this once.' }),
      uri: t.exposeString('uri', { description: 'To draw as a QR code.' }),
    }),
  });
  builder.objectType('RecoveryCodesPayload', {
    description: 'Each opens once in the place of a code of the app, or of a passkey. Shown this once.',
    fields: (t) => ({ codes: t.stringList({ resolve: ({ codes }) => [...codes] }) }),
  });
  builder.objectType('SecondFactorRemoved', { fields: (t) => ({ personId: t.exposeID('personId') }) });
}

function addMutations(builder: Builder): void {
  const resolveType = typeOfMember;
  const begun = builder.unionType('BeginSecondFactorResult', { types: ['SecondFactorBegun', 'ConflictError'], resolveType });
  const confirmed = builder.unionType('ConfirmSecondFactorResult', { types: ['RecoveryCodesPayload', 'InvalidInputError'], resolveType });
  const made = builder.unionType('MakeRecoveryCodesResult', { types: ['RecoveryCodesPayload', 'ConflictError'], resolveType });
  const removed = builder.unionType('RemoveSecondFactorResult', { types: ['SecondFactorRemoved', 'ConflictError'], resolveType });
  const wasReset = builder.unionType('ResetSecondFactorResult', {
    types: ['SecondFactorRemoved', 'NotFoundError', 'ConflictError'],
    resolveType,
  });
  const authScopes = { principal: true } as const;
  builder.mutationFields((t) => ({
    beginSecondFactor: t.authField({
      type: begun,
      authScopes,
      description: 'A new secret for an authenticator app; one that was begun before opens nothing.',
      resolve: (_root, _args, context) => begin(context),
    }),
    confirmSecondFactor: t.authField({
      type: confirmed,
      authScopes,
      description: 'The app shows the right code: from now on it is asked for. Other sessions of yours end.',
      args: { code: t.arg.string({ required: true }) },
      resolve: (_root, { code }, context) => confirm(code, context),
    }),
    makeRecoveryCodes: t.authField({
      type: made,
      authScopes,
      description: 'Ten more; those of before open nothing any more.',
      resolve: (_root, _args, context) => makeCodes(context),
    }),
    removeSecondFactor: t.authField({
      type: removed,
      authScopes,
      description: 'From now on your password is enough, unless you have passkeys.',
      resolve: (_root, _args, context) => remove(context),
    }),
    resetSecondFactor: t.authField({
      type: wasReset,
      authScopes,
      description: 'For somebody who lost app, passkeys and recovery codes; their sessions end.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => reset(id, context),
    }),
  }));
}

/** Authenticator apps beside the password. */
export function addSecondFactors(builder: Builder): void {
  addTypes(builder);
  const authScopes = { principal: true } as const;
  builder.queryFields((t) => ({
    secondFactor: t.authField({
      type: 'SecondFactor',
      nullable: true,
      authScopes,
      description: 'Your authenticator app; null where you have none.',
      resolve: (_root, _args, { secondFactors, principal }) => secondFactors.of(principal.personId),
    }),
    recoveryCodesLeft: t.authField({
      type: 'Int',
      authScopes,
      description: 'How many of your recovery codes have not been used.',
      resolve: (_root, _args, { secondFactors, principal }) => secondFactors.recoveryCodesLeft(principal.personId),
    }),
  }));
  addMutations(builder);
}
