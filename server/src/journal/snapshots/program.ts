import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What decides, in import order: a change anywhere in it may lead from the same entries to another state. */
const DECIDING = ['money', 'instruments', 'market-data', 'features', 'orders', 'positions', 'risk', 'strategies', 'engine'];
const SOURCE = fileURLToPath(new URL('../../', import.meta.url));
const IS_TEST = /(?:\.test|\.prop\.test|\.bench)\.ts$|(?:^|\/)test\//;

let known: string | undefined;

/** SHA-256 over the sources in these folders of `root`, tests left out, and over Node's version. */
export function sourcesHash(root: string, folders: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const folder of folders) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !IS_TEST.test(name),
    );
    for (const name of files.toSorted()) hash.update(`\n${folder}/${name}\n`).update(readFileSync(join(root, folder, name)));
  }
  return hash.digest('hex');
}

/**
 * SHA-256 over the sources of everything that `step` is made of, and of Node's version. A snapshot is taken over by the very program that wrote it and by no
 * other: nobody has to remember a number when a field is added, and after an update the journal itself is replayed, once.
 */
export function programHash(): string {
  known ??= sourcesHash(SOURCE, DECIDING);
  return known;
}
