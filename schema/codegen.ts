import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import { Kind, print } from 'graphql';
import type { DocumentNode } from 'graphql';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What the scalars are in JSON. */
export const SCALARS = { Decimal: 'string', DateTime: 'string', Cursor: 'string', ID: 'string' } as const;

/** The form of ids that GraphQL over HTTP names for documents which are told apart by their hash. */
export const documentIdOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** An operation as the dashboard knows it: by its id, with the types of its variables and its answer. */
interface TrustedDocument {
  readonly constant: string;
  readonly types: readonly [data: string, variables: string];
  readonly name: string;
  readonly text: string;
}

const GENERATED_DOCUMENT = /^export const (\w+) = (\{.*\}) as unknown as DocumentNode<(\w+), ?(\w+)>;$/gm;

/** The operations among the typed documents. Throws where the generator writes them in another way than is read here. */
function operationsIn(documents: string): readonly TrustedDocument[] {
  const found: TrustedDocument[] = [];
  for (const [, constant = '', json = '', data = '', variables = ''] of documents.matchAll(GENERATED_DOCUMENT)) {
    const document = JSON.parse(json) as DocumentNode;
    const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    if (operation === undefined) continue;
    const name = `${operation.operation} ${operation.name?.value ?? ''}`;
    found.push({ constant, types: [data, variables], name, text: print(document) });
  }
  const written = documents.split('"kind":"OperationDefinition"').length - 1;
  if (found.length === 0 || found.length !== written)
    throw new Error(`Invariant: every generated document is a line of JSON; read ${found.length} operations of ${written}`);
  return found;
}

/** A module of documents that say nothing but their id, with all types of the whole ones. */
function trustedModule(operations: readonly TrustedDocument[]): string {
  const types = operations.flatMap((operation) => operation.types).toSorted();
  const lines = operations.map(
    ({ constant, types: [data, variables], name, text }) =>
      `/** ${name} */\nexport const ${constant} = /* @__PURE__ */ trusted<${data}, ${variables}>('${documentIdOf(text)}');`,
  );
  return `import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type {
  ${types.join(',\n  ')},
} from './documents.ts';
export type * from './documents.ts';

/** An operation of the server's own version: its text is on the server, under this id. */
export type TrustedDocumentNode<Data, Variables> = TypedDocumentNode<Data, Variables> & { readonly documentId: string };

const trusted = <Data, Variables>(documentId: string): TrustedDocumentNode<Data, Variables> =>
  ({ kind: 'Document', definitions: [], documentId }) as unknown as TrustedDocumentNode<Data, Variables>;

${lines.join('\n')}
`;
}

/** Id → text, as the server reads it at its start. */
const manifestOf = (operations: readonly TrustedDocument[]): string =>
  `${JSON.stringify(Object.fromEntries(operations.map(({ text }) => [documentIdOf(text), text])), null, 2)}\n`;

/** Only where the text differs, so that a watching bundler is not woken for nothing. */
async function writeChanged(filename: string, content: string): Promise<void> {
  const before = await readFile(filename, 'utf8').catch(() => undefined);
  if (before === content) return;
  await mkdir(dirname(filename), { recursive: true });
  await writeFile(filename, content);
}

/**
 * Writes into `generated/`, for every operation in `documents/`, checked against `schema.graphql`: typed documents (`documents.ts`), the same by their ids alone
 * (`trusted-documents.ts`), and what each id stands for (`trusted-documents.json`).
 * Throws when a document asks for something the schema does not have.
 */
export async function generateDocuments(): Promise<void> {
  const target = here('./generated/documents.ts');
  const files: unknown = await generate(
    {
      silent: true,
      errorsOnly: true,
      schema: here('./schema.graphql'),
      documents: here('./documents/*.graphql'),
      generates: {
        [target]: {
          plugins: ['typescript-operations', 'typed-document-node'],
          config: {
            useTypeImports: true,
            enumsAsTypes: true,
            enumType: 'string-literal',
            immutableTypes: true,
            avoidOptionals: { field: true, inputValue: false },
            defaultScalarType: 'unknown',
            scalars: SCALARS,
            dedupeFragments: true,
          },
        },
      },
    },
    false,
  );
  for (const { filename, content } of readFiles(files)) {
    await writeChanged(filename, content);
    const operations = operationsIn(content);
    await writeChanged(here('./generated/trusted-documents.ts'), trustedModule(operations));
    await writeChanged(here('./generated/trusted-documents.json'), manifestOf(operations));
  }
}

/** The generator's answer is untyped: read it, or say what came instead. */
function readFiles(files: unknown): { readonly filename: string; readonly content: string }[] {
  if (!Array.isArray(files)) throw new TypeError('Invariant: the code generator answers with a list of files.');
  return files.map((file: unknown) => {
    if (typeof file === 'object' && file !== null && 'filename' in file && 'content' in file) {
      return { filename: String(file.filename), content: String(file.content) };
    }
    throw new TypeError('Invariant: each generated file has a name and content.');
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generateDocuments();
