import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import ts from 'typescript';
import { generateDocuments, SCALARS } from './codegen.ts';
import { committedSchema } from './print.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** What `npm pack` takes. */
export const PACKAGE = here('./build/package/');

const MANIFEST_FIELDS = ['name', 'version', 'description', 'license', 'type', 'dependencies'] as const;
const EXPORTS = {
  '.': { types: './index.d.ts', default: './index.js' },
  './documents': { types: './documents.d.ts', default: './documents.js' },
  './types': { types: './types.d.ts' },
  './schema.graphql': './schema.graphql',
};

/** Programs do not read TypeScript out of `node_modules`: they are given JavaScript, with declarations beside it. */
function compile(files: readonly string[]): void {
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    declaration: true,
    strict: true,
    skipLibCheck: true,
    outDir: PACKAGE,
    rootDir: here('./build/source/'),
    types: [],
  });
  const { diagnostics } = program.emit();
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (problems.length > 0)
    throw new Error(
      ts.formatDiagnostics(problems, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => here('.'),
        getNewLine: () => '\n',
      }),
    );
}

async function writeTypes(): Promise<void> {
  const config = {
    useTypeImports: true,
    enumsAsTypes: true,
    enumType: 'string-literal',
    immutableTypes: true,
    defaultScalarType: 'unknown',
    scalars: SCALARS,
  };
  const [file] = (await generate(
    { silent: true, errorsOnly: true, schema: here('./schema.graphql'), generates: { 'types.ts': { plugins: ['typescript'], config } } },
    false,
  )) as { content: string }[];
  if (file === undefined) throw new Error('Invariant: the code generator writes the file that it was asked for');
  await writeFile(`${PACKAGE}types.d.ts`, file.content);
}

/** Builds what integrators install, into `schema/build/package`: the SDL, types of the whole schema, and typed documents. */
export async function buildPackage(): Promise<void> {
  await generateDocuments();
  await rm(here('./build/'), { recursive: true, force: true });
  await mkdir(here('./build/source/'), { recursive: true });
  await mkdir(PACKAGE, { recursive: true });
  const sdl = await committedSchema();
  await writeFile(
    here('./build/source/index.ts'),
    `/** The whole contract, as GraphQL writes it. */\nexport const sdl: string = ${JSON.stringify(sdl)};\n`,
  );
  await cp(here('./generated/documents.ts'), here('./build/source/documents.ts'));
  await cp(here('./package.json'), here('./build/source/package.json'));
  compile([here('./build/source/index.ts'), here('./build/source/documents.ts')]);
  await writeTypes();
  await writeFile(`${PACKAGE}schema.graphql`, sdl);
  await cp(here('../LICENSE'), `${PACKAGE}LICENSE`);
  await cp(here('./README.md'), `${PACKAGE}README.md`);
  const own = JSON.parse(await readFile(here('./package.json'), 'utf8')) as Record<string, unknown>;
  const manifest = { ...Object.fromEntries(MANIFEST_FIELDS.map((field) => [field, own[field]])), sideEffects: false, exports: EXPORTS };
  await writeFile(`${PACKAGE}package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

if (import.meta.main) {
  await buildPackage();
  process.stderr.write('schema/build/package written: npm pack ./schema/build/package\n');
}
