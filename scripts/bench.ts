// `npm run bench`: every bench of the repository in turn, each a process of its own, so that none warms or slows another.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '..', '..');
const wanted = process.argv.slice(2);
const found = globSync('{compute,server}/**/*.bench.ts', { cwd: root, exclude: ['**/node_modules/**'] }).toSorted();
let failed = 0;
for (const file of found.filter((path) => wanted.length === 0 || wanted.some((word) => path.includes(word)))) {
  process.stdout.write(`── ${file}\n`);
  const { status } = spawnSync(process.execPath, [join(root, file)], { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
