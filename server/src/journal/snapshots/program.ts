import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What decides, in import order: a change anywhere in it may lead from the same entries to another state. */
const DECIDING = ['money', 'instruments', 'market-data', 'features', 'orders', 'positions', 'risk', 'strategies', 'engine'];
const SOURCE = fileURLToPath(new URL('../../', import.meta.url));
const IS_TEST = /(?:\.test|\.prop\.test|\.bench)\.ts$|(?:^|\/)test\//;

let known: string | undefined;

/**
 * SHA-256 over the sources of everything that `step` is made of, and of Node's version. A snapshot is taken over by the very program that wrote it and by no
 * other: nobody has to remember a number when a field is added, and after an update the journal itself is replayed, once.
 */
export function programHash(): string {
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(process.version);
  for (const slice of DECIDING) {
    const files = readdirSync(join(SOURCE, slice), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !IS_TEST.test(name),
    );
    for (const name of files.toSorted()) hash.update(`\n${slice}/${name}\n`).update(readFileSync(join(SOURCE, slice, name)));
  }
  known = hash.digest('hex');
  return known;
}
