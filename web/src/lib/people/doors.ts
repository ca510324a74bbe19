import { credentials, serverUrl } from '#lib/live/server-url.ts';

/** What a door of the server answers: done, or one sentence. */
export type DoorAnswer =
  | { readonly ok: true; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly message: string; /** What else is asked for. */ readonly wants: string | undefined };

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Sends texts to a door outside GraphQL: log-in, joining and confirming have no session to speak for them yet. */
export async function throughDoor(
  path: '/login' | '/login/passkey' | '/invitation' | '/join' | '/confirm' | '/confirm/passkey',
  fields: Readonly<Record<string, string>>,
): Promise<DoorAnswer> {
  try {
    const response = await fetch(serverUrl(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
      credentials: credentials(),
    });
    const answer: unknown = await response.json();
    const known = isFields(answer) ? answer : {};
    if (response.ok) return { ok: true, fields: known };
    const message = typeof known['message'] === 'string' ? known['message'] : `The server answered ${response.status}.`;
    return { ok: false, message, wants: typeof known['wants'] === 'string' ? known['wants'] : undefined };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError)
      return { ok: false, message: 'The server did not answer. Check that it is running.', wants: undefined };
    throw error;
  }
}
