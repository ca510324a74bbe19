import { readFile, writeFile } from 'node:fs/promises';
import { printSchema } from 'graphql';
import { buildSchema } from '../server/src/graphql/schema.ts';

const FILE = new URL('schema.graphql', import.meta.url);

/** The SDL of the schema as the server builds it. */
export const printedSchema = (): string => `${printSchema(buildSchema())}\n`;

/** The SDL that is committed. */
export const committedSchema = (): Promise<string> => readFile(FILE, 'utf8');

if (import.meta.main) {
  await writeFile(FILE, printedSchema());
  process.stderr.write('schema.graphql written\n');
}
