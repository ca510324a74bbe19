import type { Role } from '../../approvals/roles.ts';
import type { ApiWorld, GraphqlAnswer } from './api-world.ts';

/** A browser of one person: its cookie, and what it may ask. */
export interface LoggedIn {
  readonly cookie: string;
  post(query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
  /** The one field's answer; throws where the operation failed. */
  ask(query: string, variables?: Record<string, unknown>): Promise<Record<string, unknown> & { readonly __typename: string }>;
  /** A door of the edge that takes JSON; the status, and the sentence where it was refused. */
  door(path: string, fields: Record<string, string>): Promise<{ readonly status: number; readonly message: string | undefined }>;
}

export const PASSWORD = 'correct horse battery staple';

export function withCookie({ server: { url } }: Pick<ApiWorld, 'server'>, first: string): LoggedIn {
  let cookie = first;
  const send = async (path: string, body: unknown): Promise<Response> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, cookie },
      body: JSON.stringify(body),
    });
    // As a browser does: the secret of a session changes.
    cookie = cookieOf(response) || cookie;
    return response;
  };
  const post: LoggedIn['post'] = async (query, variables) => {
    const response = await send('/graphql', { query, variables });
    const body = (await response.json()) as Omit<GraphqlAnswer, 'status'>;
    return { status: response.status, data: body.data, errors: body.errors };
  };
  return {
    get cookie() {
      return cookie;
    },
    post,
    ask: async (query, variables) => {
      const { data, errors } = await post(query, variables);
      if (data === null || data === undefined || errors !== undefined) throw new Error(JSON.stringify(errors));
      return Object.values(data)[0] as Record<string, unknown> & { readonly __typename: string };
    },
    door: async (path, fields) => {
      const response = await send(path, fields);
      return { status: response.status, message: ((await response.json()) as { message?: string }).message };
    },
  };
}

const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';

/** The owner, by the link that the server prints. */
export async function logIn(api: ApiWorld): Promise<LoggedIn> {
  const answer = await fetch(`${api.server.url}/login?token=${await api.loginToken()}`, { redirect: 'manual' });
  return withCookie(api, cookieOf(answer));
}

const INVITE = `mutation ($name: String!, $role: Role!) { invitePerson(name: $name, role: $role) {
  __typename ... on Error { message } ... on InvitationPayload { path person { id name role joinedAt } } } }`;

/** Somebody new, invited by `by`, who has joined and is logged in. */
export async function joined(api: ApiWorld, by: LoggedIn, name: string, role: Role): Promise<LoggedIn & { readonly id: string }> {
  const invitation = await by.ask(INVITE, { name, role: role.toUpperCase() });
  const { path, person } = invitation as unknown as { path: string; person: { id: string } };
  const { url } = api.server;
  const answer = await fetch(`${url}/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ token: path.replace('/join#', ''), password: PASSWORD }),
  });
  return Object.assign(withCookie(api, cookieOf(answer)), { id: person.id });
}
