import type { AccessAct } from '../approvals/access.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { notFound, typeOfMember } from '../graphql/errors.ts';
import type { NotFound } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { deviceName } from './device-name.ts';
import type { ListedSession } from './session-service.ts';

/** What the API needs of somebody's own log-ins. */
export interface AccountSecurity {
  /** Writes into the journal what was done to whose access; `by` is whoever did it. False where it could not be written: what must not happen unwritten asks for that. */
  recordAccess(by: string, personId: string, act: AccessAct, subject?: string): Promise<boolean>;
  sessions(personId: string): Promise<readonly ListedSession[]>;
  /** Ends the session and every socket that rests on it; false where it is not this person's, or has ended before. */
  endSession(id: string, personId: string): Promise<boolean>;
}

export interface SessionEndedPayload {
  readonly __typename: 'SessionEndedPayload';
  readonly id: string;
}

type Authorized = Context & { readonly principal: Principal };

async function endSession(id: string, { security, principal }: Authorized): Promise<SessionEndedPayload | NotFound> {
  const { personId } = principal;
  const session = (await security.sessions(personId)).find((one) => one.id === id);
  if (session === undefined || !(await security.endSession(id, personId))) return notFound('session', id);
  await security.recordAccess(actorOf(principal), personId, 'SessionEnded', deviceName(session.agent));
  return { __typename: 'SessionEndedPayload', id };
}

function addSessions(builder: Builder): void {
  builder.objectType('LogInSession', {
    description: 'A browser in which you are logged in.',
    fields: (t) => ({
      id: t.exposeID('id'),
      device: t.string({ description: 'As the browser says it.', resolve: ({ agent }) => deviceName(agent) }),
      agent: t.exposeString('agent'),
      address: t.exposeString('address', { description: 'Where the log-in came from; behind a proxy, as the proxy says it.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', description: 'To the minute.' }),
      confirmedAt: t.expose('confirmedAt', { type: 'DateTime', description: 'When you last proved there who you are.' }),
      endsAt: t.expose('endsAt', { type: 'DateTime', description: 'By itself, if nobody uses it before.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'By itself, however much it is used.' }),
      current: t.boolean({ description: 'The one that asks.', resolve: ({ id }, _args, { principal }) => principal?.proof === id }),
    }),
  });
  builder.objectType('SessionEndedPayload', { fields: (t) => ({ id: t.exposeID('id') }) });
}

/** One's own log-ins. */
export function addSecurity(builder: Builder): void {
  addSessions(builder);
  const ended = builder.unionType('EndSessionResult', { types: ['SessionEndedPayload', 'NotFoundError'], resolveType: typeOfMember });
  const authScopes = { principal: true } as const;
  builder.queryField('sessions', (t) =>
    t.authField({
      type: ['LogInSession'],
      authScopes,
      description: 'Where you are logged in, the one used last first.',
      resolve: async (_root, _args, { security, principal }) => [...(await security.sessions(principal.personId))],
    }),
  );
  builder.mutationField('endSession', (t) =>
    t.authField({
      type: ended,
      authScopes,
      description: 'Ends one of your own sessions at once, and with it every socket that rests on it.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => endSession(id, context),
    }),
  );
}
