#!/usr/bin/env node
// Starts the command line on the Node that the lock file brings, whatever Node npx itself runs on.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const server = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_RUNTIME = 24;
const own = join(server, '..', 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
const node = process.platform === 'linux' && existsSync(own) ? own : process.execPath;
if (node === process.execPath && Number(process.versions.node.split('.')[0]) < OLDEST_RUNTIME) {
  process.stderr.write(`tidemark: Node ${OLDEST_RUNTIME} or later is needed (found ${process.versions.node})\n`);
  process.exit(1);
}

// A command starts in half the time once its modules have been compiled: kept beside the packages, not in a folder that others may write to.
const env = { NODE_COMPILE_CACHE: join(server, '..', 'node_modules', '.cache', 'compiled'), ...process.env };
const child = spawn(node, [join(server, 'src', 'cli.ts'), ...process.argv.slice(2)], { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
