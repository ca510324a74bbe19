/** What a door of the server answers: done, or one sentence. */
export type DoorAnswer =
  { readonly ok: true; readonly fields: Readonly<Record<string, unknown>> } | { readonly ok: false; readonly message: string };

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Sends texts to a door outside GraphQL: log-in, joining and confirming have no session to speak for them yet. */
export async function throughDoor(
  path: '/login' | '/invitation' | '/join' | '/confirm',
  fields: Readonly<Record<string, string>>,
): Promise<DoorAnswer> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
      credentials: 'same-origin',
    });
    const answer: unknown = await response.json();
    const known = isFields(answer) ? answer : {};
    if (response.ok) return { ok: true, fields: known };
    return { ok: false, message: typeof known['message'] === 'string' ? known['message'] : `The server answered ${response.status}.` };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError)
      return { ok: false, message: 'The server did not answer. Check that it is running.' };
    throw error;
  }
}
