import { readFileSync } from 'node:fs';

const ASSEMBLY = new URL('../assembly/', import.meta.url);

/** The compiler's library from the files of this program: see `Library`. */
export function readLibraryFile(path: string): string | null {
  try {
    return readFileSync(new URL(path, ASSEMBLY), 'utf8');
  } catch (error) {
    // The compiler tries several places for each import: a place without a file is an answer.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
