import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** What becomes smaller. Fonts and pictures are compressed as they are. */
const KINDS: ReadonlySet<string> = new Set([
  '.html',
  '.js',
  '.mjs',
  '.css',
  '.json',
  '.svg',
  '.wasm',
  '.txt',
  '.md',
  '.graphql',
  '.webmanifest',
]);
/** Below this a file fits in a packet or two, compressed or not. */
const BYTES_LEAST = 1_024;
/** The highest quality of Brotli takes ten times as long for a twentieth less: not worth it for the compiler's 14 MB. */
const BROTLI_QUALITY = 9;
const BROTLI_QUALITY_OF_SMALL = 11;
const SMALL_BYTES = 1024 * 1024;
const GZIP_LEVEL = 9;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

async function compressFile(path: string): Promise<void> {
  if ((await stat(path)).size < BYTES_LEAST) return;
  const body = await readFile(path);
  const quality = body.length > SMALL_BYTES ? BROTLI_QUALITY : BROTLI_QUALITY_OF_SMALL;
  const parameters = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  await writeFile(`${path}.br`, await brotli(body, { params: parameters }));
  await writeFile(`${path}.gz`, await zip(body, { level: GZIP_LEVEL }));
}

/** Writes `name.br` and `name.gz` beside every file of a build that becomes smaller by it: the server compresses nothing while somebody waits. */
export async function precompress(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && KINDS.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(paths.map(compressFile));
}
