import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { conflict, invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import type { Instant } from '../money/instant.ts';
import { invitationPath } from './invitation-path.ts';
import { nameProblem } from './people-service.ts';
import type { Invited, KnownPerson } from './people-service.ts';
import { ROLE_MEANINGS } from '../approvals/roles.ts';
import type { Role } from '../approvals/roles.ts';

/** What the API needs of the people on this installation. */
export interface AccountPeople {
  /** The wall clock: sessions and proposals live by it. */
  now(): Instant;
  /** Writes into the journal who is here now; `by` is whoever changed it. */
  record(by: string): Promise<void>;
  list(): Promise<readonly KnownPerson[]>;
  byId(id: string): Promise<KnownPerson | undefined>;
  /** When the person of this session last proved who they are. */
  confirmedAt(proof: string): Promise<Instant | undefined>;
  invite(person: { readonly name: string; readonly role: Role; readonly by: string }): Promise<Invited | undefined>;
  inviteAgain(id: string): Promise<Invited | undefined>;
  /** False where nobody is meant, or no admin would be left. Sessions and sockets of the person end. */
  setRole(id: string, role: Role): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  endSessions(id: string): Promise<number>;
  /** One sentence where the password will not do; other sessions of the person end. */
  changePassword(proof: string, personId: string, password: string): Promise<string | undefined>;
}

export interface InvitationPayload {
  readonly __typename: 'InvitationPayload';
  readonly person: KnownPerson;
  readonly path: string;
  readonly expiresAt: Instant;
}
export interface PersonPayload {
  readonly __typename: 'PersonPayload';
  readonly person: KnownPerson;
}
export interface PersonRemovedPayload {
  readonly __typename: 'PersonRemovedPayload';
  readonly id: string;
}
export interface SessionsEndedPayload {
  readonly __typename: 'SessionsEndedPayload';
  readonly count: number;
}

type Authorized = Context & { readonly principal: Principal };

const invitation = ({ person, token, expiresAt }: Invited): InvitationPayload => ({
  __typename: 'InvitationPayload',
  person,
  path: invitationPath(token),
  expiresAt,
});

async function invitePerson(
  name: string,
  role: Role,
  { people, principal }: Authorized,
): Promise<InvitationPayload | InvalidInput | Conflict> {
  const problem = nameProblem(name);
  if (problem !== undefined) return invalidInput('name', problem, 'Give the name by which they will log in.');
  const invited = await people.invite({ name, role, by: actorOf(principal) });
  if (invited === undefined) return conflict(`There is somebody named "${name}" already.`);
  await people.record(actorOf(principal));
  return invitation(invited);
}

async function inviteAgain(id: string, { people, security, principal }: Authorized): Promise<InvitationPayload | NotFound> {
  const invited = await people.inviteAgain(id);
  if (invited === undefined) return notFound('person', id);
  await security.recordAccess(actorOf(principal), id, 'InvitedAgain');
  return invitation(invited);
}

const LAST_ADMIN = 'Nobody would be left who can invite people: make somebody else an admin first.';

async function setRole(id: string, role: Role, { people, principal }: Authorized): Promise<PersonPayload | NotFound | Conflict> {
  const person = await people.byId(id);
  if (person === undefined) return notFound('person', id);
  if (!(await people.setRole(id, role))) return conflict(LAST_ADMIN);
  await people.record(actorOf(principal));
  return { __typename: 'PersonPayload', person: { ...person, role } };
}

async function removePerson(id: string, { people, principal }: Authorized): Promise<PersonRemovedPayload | NotFound | Conflict> {
  if ((await people.byId(id)) === undefined) return notFound('person', id);
  if (!(await people.remove(id))) return conflict(LAST_ADMIN);
  await people.record(actorOf(principal));
  return { __typename: 'PersonRemovedPayload', id };
}

async function endSessions(id: string, { people, security, principal }: Authorized): Promise<SessionsEndedPayload | NotFound> {
  if (id !== principal.personId && principal.role !== 'admin') return notFound('person', id);
  if ((await people.byId(id)) === undefined) return notFound('person', id);
  const count = await people.endSessions(id);
  await security.recordAccess(actorOf(principal), id, 'SessionsEnded');
  return { __typename: 'SessionsEndedPayload', count };
}

async function changePassword(
  password: string,
  { people, security, principal }: Authorized,
): Promise<PersonPayload | InvalidInput | NotFound> {
  const problem = await people.changePassword(principal.proof, principal.personId, password);
  if (problem !== undefined) return invalidInput('password', problem, 'Length is what counts.');
  await security.recordAccess(actorOf(principal), principal.personId, 'PasswordSet');
  const person = await people.byId(principal.personId);
  return person === undefined ? notFound('person', principal.personId) : { __typename: 'PersonPayload', person };
}

function addTypes(builder: Builder, enums: Enums): void {
  builder.objectType('Person', {
    description: 'Somebody who may log in, or was invited to.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      role: t.expose('role', { type: enums.role }),
      roleMeaning: t.string({ description: 'What the role may do, in one sentence.', resolve: ({ role }) => ROLE_MEANINGS[role] }),
      hasPassword: t.exposeBoolean('hasPassword'),
      hasSecondFactor: t.boolean({
        description: 'A code of an authenticator app, or a passkey, is asked for beside the password.',
        resolve: async ({ id }, _args, { secondFactors, passkeys }) =>
          (await secondFactors.people()).has(id) || (await passkeys.people()).has(id),
      }),
      joinedAt: t.expose('joinedAt', { type: 'DateTime', nullable: true, description: 'Null until the invitation was used.' }),
      addedBy: t.exposeString('addedBy', { nullable: true }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
    }),
  });
  builder.objectType('InvitationPayload', {
    description: 'A link that works once: give it to the person on a way that only they read.',
    fields: (t) => ({
      person: t.expose('person', { type: 'Person' }),
      path: t.exposeString('path', { description: 'After this server’s own address. Shown this once.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    }),
  });
  builder.objectType('PersonPayload', { fields: (t) => ({ person: t.expose('person', { type: 'Person' }) }) });
  builder.objectType('PersonRemovedPayload', { fields: (t) => ({ id: t.exposeID('id') }) });
  builder.objectType('SessionsEndedPayload', { fields: (t) => ({ count: t.exposeInt('count') }) });
}

function addResults(builder: Builder) {
  const resolveType = typeOfMember;
  return {
    invite: builder.unionType('InvitePersonResult', { types: ['InvitationPayload', 'InvalidInputError', 'ConflictError'], resolveType }),
    again: builder.unionType('InviteAgainResult', { types: ['InvitationPayload', 'NotFoundError'], resolveType }),
    role: builder.unionType('SetPersonRoleResult', { types: ['PersonPayload', 'NotFoundError', 'ConflictError'], resolveType }),
    remove: builder.unionType('RemovePersonResult', { types: ['PersonRemovedPayload', 'NotFoundError', 'ConflictError'], resolveType }),
    end: builder.unionType('EndSessionsResult', { types: ['SessionsEndedPayload', 'NotFoundError'], resolveType }),
    password: builder.unionType('ChangePasswordResult', { types: ['PersonPayload', 'InvalidInputError', 'NotFoundError'], resolveType }),
  };
}

/** People, their roles and their log-ins. */
export function addPeople(builder: Builder, enums: Enums): void {
  addTypes(builder, enums);
  const results = addResults(builder);
  const authScopes = { principal: true } as const;
  builder.queryField('people', (t) =>
    t.field({ type: ['Person'], description: 'As they came.', resolve: async (_root, _args, { people }) => [...(await people.list())] }),
  );
  builder.mutationFields((t) => ({
    invitePerson: t.authField({
      type: results.invite,
      authScopes,
      description: 'A new person, and the link by which they choose a password and join.',
      args: { name: t.arg.string({ required: true }), role: t.arg({ type: enums.role, required: true }) },
      resolve: (_root, { name, role }, context) => invitePerson(name, role, context),
    }),
    inviteAgain: t.authField({
      type: results.again,
      authScopes,
      description: 'A new link for somebody who lost theirs, or forgot the password; the older link opens nothing any more.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => inviteAgain(id, context),
    }),
    setPersonRole: t.authField({
      type: results.role,
      authScopes,
      description: 'Ends the person’s sessions and sockets at once.',
      args: { id: t.arg.id({ required: true }), role: t.arg({ type: enums.role, required: true }) },
      resolve: (_root, { id, role }, context) => setRole(id, role, context),
    }),
    removePerson: t.authField({
      type: results.remove,
      authScopes,
      description: 'Ends the person’s sessions, keys and sockets at once.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => removePerson(id, context),
    }),
    endSessions: t.authField({
      type: results.end,
      authScopes,
      description: 'Logs a person out everywhere: oneself, or, for an admin, anybody.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => endSessions(id, context),
    }),
    changePassword: t.authField({
      type: results.password,
      authScopes,
      description: 'Ends all other sessions of the person.',
      args: { password: t.arg.string({ required: true }) },
      resolve: (_root, { password }, context) => changePassword(password, context),
    }),
  }));
}
