import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { VenueCommand } from './venue.ts';
import { recover, VenueLog, VenueLogError } from './venue-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'venue-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const cancel = (orderId: string): VenueCommand => ({ kind: 'cancel', accountId: 'a', orderId });
const idsOf = (commands: readonly VenueCommand[]): readonly string[] =>
  commands.map((one) => (one.kind === 'cancel' ? one.orderId : one.kind));

async function write(ids: readonly string[], sequence = 0, every?: number): Promise<void> {
  const log = await VenueLog.open(folder, sequence, () => `state after ${ids.length}`, every);
  await Promise.all(ids.map((id) => log.append(cancel(id))));
  await log.close();
}

test('what was appended is recovered, in order, over several openings', async () => {
  expect(await recover(folder)).toEqual({ snapshot: undefined, commands: [], sequence: 0, bytesCut: 0 });
  await write(['1', '2', '3']);
  await write(['4'], 3);
  const { commands, sequence } = await recover(folder);
  expect([idsOf(commands), sequence]).toEqual([['1', '2', '3', '4'], 4]);
});

test('a torn tail is cut once, wherever it tore', async () => {
  await write(['1', '2']);
  const whole = await readFile(join(folder, 'commands.log'));
  const second = whole.indexOf(10) + 1;
  for (let length = second; length < whole.length; length++) {
    await writeFile(join(folder, 'commands.log'), whole.subarray(0, length));
    const { commands, bytesCut } = await recover(folder);
    expect([idsOf(commands), bytesCut]).toEqual([['1'], length - second]);
    expect((await recover(folder)).bytesCut).toBe(0);
  }
});

test('damage before the end is refused, not cut', async () => {
  await write(['1', '2', '3']);
  const bytes = await readFile(join(folder, 'commands.log'));
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  await writeFile(join(folder, 'commands.log'), bytes);
  await expect(recover(folder)).rejects.toThrow(VenueLogError);
});

test('a snapshot takes the place of what came before', async () => {
  await write(['1', '2', '3', '4', '5'], 0, 2);
  const { snapshot, commands, sequence } = await recover(folder);
  expect([snapshot, sequence]).toEqual(['state after 5', 5]);
  expect(idsOf(commands)).toEqual(['5']);
  await appendFile(join(folder, 'snapshot.json'), 'x');
  await expect(recover(folder)).rejects.toThrow('damaged');
});

test('a crash between snapshot and emptied log loses and repeats nothing', async () => {
  await write(['1', '2', '3']);
  const log = await readFile(join(folder, 'commands.log'));
  await rm(join(folder, 'commands.log'));
  await write(['1', '2'], 0, 2);
  await writeFile(join(folder, 'commands.log'), log);
  const { commands, sequence } = await recover(folder);
  expect([idsOf(commands), sequence]).toEqual([['3'], 3]);
});
