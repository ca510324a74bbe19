import { readFile, writeFile } from 'node:fs/promises';
import { printSchema } from 'graphql';
import { withAccessMatrix } from '../server/src/graphql/access-matrix.ts';
import { buildSchema } from '../server/src/graphql/schema.ts';

const FILE = new URL('schema.graphql', import.meta.url);
/** Shows who may ask for which field. */
const SECURITY = new URL('../docs/security.md', import.meta.url);

/** The SDL of the schema as the server builds it. */
export const printedSchema = (): string => `${printSchema(buildSchema())}\n`;

/** The SDL that is committed. */
export const committedSchema = (): Promise<string> => readFile(FILE, 'utf8');

/** The document on security as it is committed, and as it would be with the table of roles of now. */
export async function securityDocument(): Promise<{ readonly committed: string; readonly written: string }> {
  const committed = await readFile(SECURITY, 'utf8');
  return { committed, written: withAccessMatrix(committed) };
}

if (import.meta.main) {
  await writeFile(FILE, printedSchema());
  await writeFile(SECURITY, (await securityDocument()).written);
  process.stderr.write('schema.graphql and the table of docs/security.md written\n');
}
