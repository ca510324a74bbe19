import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openEmbeddedJournal } from './embedded.ts';
import { embeddedBench } from './test-journal.ts';

/** Starts the writer, kills it with SIGKILL some time after its first acknowledgement, and returns the highest number it acknowledged. */
async function writeAndKill(dir: string, afterMs: number): Promise<number> {
  const writer = spawn(process.execPath, [new URL('./crash-writer.ts', import.meta.url).pathname, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(writer, 'close');
  let acknowledged = 0;
  const lines = createInterface({ input: writer.stdout });
  lines.on('line', (line) => (acknowledged = Math.max(acknowledged, Number(line))));
  await once(lines, 'line');
  await sleep(afterMs);
  writer.kill('SIGKILL');
  await ended;
  return acknowledged;
}

test('killed ten times at any moment: every acknowledged entry is there, the chain verifies, and the lock is free', async () => {
  const bench = await embeddedBench();
  let head = 0;
  for (let round = 0; round < 10; round += 1) {
    const acknowledged = await writeAndKill(bench.dir, round * 13);
    expect(acknowledged).toBeGreaterThan(head);
    const journal = await openEmbeddedJournal({ dir: bench.dir, onWarning: () => undefined });
    head = journal.head().seq;
    expect(head).toBeGreaterThanOrEqual(acknowledged);
    expect(await journal.verify()).toBeUndefined();
    const tail = await journal.read(Math.max(0, acknowledged - 50), 50);
    expect(tail.at(-1)?.seq).toBe(acknowledged);
    await journal.close();
  }
  await bench.dispose();
});
