import { fileURLToPath } from 'node:url';
import { createBuilder } from 'vite';
import { generateDocuments } from '../schema/codegen.ts';
import { precompress } from '../scripts/precompress.ts';
import { writePreloads } from './preloads.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

/**
 * Builds the dashboard into `web/build`: typed documents first, then the static site with what each page needs, then its files compressed. Quiet unless something is wrong.
 * Throws what the code generator or the bundler throws.
 */
export async function buildWeb(): Promise<void> {
  await generateDocuments();
  // The kit reads its configuration and routes from the working directory.
  const before = process.cwd();
  process.chdir(root);
  try {
    const builder = await createBuilder({
      root,
      configFile: fileURLToPath(new URL('./vite.config.ts', import.meta.url)),
      logLevel: 'warn',
    });
    await builder.buildApp();
  } finally {
    process.chdir(before);
  }
  await writePreloads(root);
  await precompress(fileURLToPath(new URL('./build/', import.meta.url)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWeb();
