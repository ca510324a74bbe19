import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The operations that the server's own programs ask: their texts, each under the id that says its hash. */
export interface TrustedDocuments {
  textOf(id: string): string | undefined;
  /** Whether a text is, letter for letter, one of them. */
  has(text: string): boolean;
}

const idOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const HOW = 'run "node web/build.ts", which writes it together with the dashboard';

/** Id → text. `further` are texts of other programs of this server. Throws where a text is not what its id says. */
export function trustedDocuments(manifest: Readonly<Record<string, unknown>>, further: readonly string[] = []): TrustedDocuments {
  const texts = new Map<string, string>();
  for (const [id, text] of Object.entries(manifest)) {
    if (typeof text !== 'string' || idOf(text) !== id)
      throw new Error(`The document ${id} is not the one of that hash: the file of trusted documents was changed; ${HOW}`);
    texts.set(id, text);
  }
  for (const text of further) texts.set(idOf(text), text);
  return { textOf: (id) => texts.get(id), has: (text) => texts.has(idOf(text)) };
}

/** Reads the file that the build of the dashboard writes. Throws, with what to do, where it is not there or is not whole. */
export async function readTrustedDocuments(path: string, further: readonly string[] = []): Promise<TrustedDocuments> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`The trusted documents cannot be read from ${path}: ${HOW}`, { cause: error });
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest))
    throw new Error(`The trusted documents in ${path} are no list by id: ${HOW}`);
  return trustedDocuments(Object.fromEntries(Object.entries(manifest)), further);
}
