import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from '@graphql-codegen/cli';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What the scalars are in JSON. */
export const SCALARS = { Decimal: 'string', DateTime: 'string', Cursor: 'string', ID: 'string' } as const;

/**
 * Writes `generated/documents.ts`: a typed document for every operation in `documents/`, checked against `schema.graphql`.
 * Only writes when the text differs, so that a watching bundler is not woken for nothing.
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
    const before = await readFile(filename, 'utf8').catch(() => undefined);
    if (before === content) continue;
    await mkdir(dirname(filename), { recursive: true });
    await writeFile(filename, content);
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
