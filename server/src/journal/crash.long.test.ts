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
  await expect(openEmbeddedJournal({ dir })).rejects.toThrow(`process ${writer.pid}`);
  await sleep(afterMs);
  writer.kill('SIGKILL');
  await ended;
  return acknowledged;
}

test('killed ten times at any moment: nobody else gets in meanwhile, every acknowledged entry is there, the chain verifies, and the lock is free', async () => {
  const bench = await embeddedBench();
  let head = 0;
  for (let round = 0; round < 10; round += 1) {
    const acknowledged = await writeAndKill(bench.dir, round * 13);
    expect(acknowledged).toBeGreaterThan(head);
    const journal = await openEmbeddedJournal({ dir: bench.dir, onWarning: () => undefined });
    head = journal.head().seq;
    expect(head).toBeGreaterThanOrEqual(acknowledged);
    expect(await journal.verify()).toBeUndefined();
    const everything = await journal.read(0, head);
    expect(everything.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, index) => index + 1));
    await journal.close();
  }
  await bench.dispose();
});
