import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decode, encode } from '../journal/codec.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { recordBackups, replay } from './replay/test/recorded-backups.ts';
import type { RecordedBackups } from './replay/test/recorded-backups.ts';

let recorded: RecordedBackups;

beforeAll(async () => {
  recorded = await recordBackups();
});
afterAll(async () => await recorded.close());

/** The first decision that wishes for something, and the record with that decision halved. */
function halved(): { readonly seq: number; readonly changed: readonly JournalEntry[] } {
  const found = recorded.entries.find(({ kind, payload }) => kind === 'StrategyDecided' && /"exposure":-?1/.test(encode(payload)));
  if (found === undefined) throw new Error('no decision to change');
  const payload = decode(encode(found.payload).replace(/"exposure":-?1/, '"exposure":0.5'));
  return { seq: found.seq, changed: recorded.entries.map((entry) => (entry.seq === found.seq ? { ...entry, payload } : entry)) };
}

describe('tidemark replay', () => {
  test('of a sound backup finds no difference, in words and as JSON', async () => {
    const shown = await replay(['--journal', recorded.sound]);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toContain('no difference');
    expect(shown.out).toMatch(/Crossing [0-9a-f]{12}: \d+ decisions made again/);
    const { code, out } = await replay(['--journal', recorded.sound, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      journal: recorded.sound,
      from: 1,
      to: recorded.entries.length,
      snapshot: 0,
      equal: true,
      entries: recorded.entries.length,
      difference: null,
      strategies: [{ name: 'Crossing' }, { name: 'Slower' }],
    });
  });

  test('names a changed decision, with exit code 1', async () => {
    const { seq, changed } = halved();
    const file = await recorded.backupOf('changed.backup', changed);
    const { code, err, out } = await replay(['--journal', file]);
    expect(code).toBe(1);
    expect(err).toMatch(
      new RegExp(
        `Entry ${seq}, StrategyDecided \\(strategy (Crossing|Slower), version [0-9a-f]{12}\\): the module decides otherwise than was recorded\\. ` +
          `Field decision\\.targets\\[0\\]\\.exposure: recorded 0\\.5, replayed -?1`,
      ),
    );
    expect(out).toContain('DIFFERENT');
    const json = await replay(['--journal', file, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ equal: false, difference: { seq, kind: 'StrategyDecided', recorded: '0.5' } });
    expect((await replay(['--journal', file, '--to', String(seq - 1)])).code).toBe(0);
  });

  test('of a part, and of one strategy', async () => {
    const part = await replay(['--journal', recorded.sound, '--from', '60', '--to', '120', '--strategy', 'slower', '--json']);
    expect(part.code).toBe(0);
    expect(JSON.parse(part.out)).toMatchObject({ from: 60, to: 120, entries: 61, strategies: [{ id: 'slower' }] });
  });

  test.each([
    { name: 'no such file', args: ['--journal', '/nowhere/x.backup'], says: /\/nowhere\/x\.backup does not exist/ },
    { name: 'no such folder', args: ['--data-dir', '/nowhere'], says: /\/nowhere\/journal does not exist/ },
    { name: 'beyond the end', args: ['--from', '999999'], says: /--from 999999 is after the journal's last entry/ },
    { name: 'an end beyond the end', args: ['--to', '999999'], says: /--to 999999 is after the journal's last entry/ },
    { name: 'backwards', args: ['--from', '9', '--to', '8'], says: /--to 8 is before --from 9/ },
    {
      name: 'no such strategy',
      args: ['--strategy', 'nobody'],
      says: /No strategy of this journal has the id or the name nobody\. There are: Crossing, Slower/,
    },
    { name: 'no number', args: ['--from', '0'], says: /1 is the first/ },
  ])('refuses $name, with exit code 2', async ({ args, says }) => {
    const { code, err } = await replay(
      args.includes('--data-dir') || args.includes('--journal') ? args : ['--journal', recorded.sound, ...args],
    );
    expect(code).toBe(2);
    if (!args.includes('0')) expect(err).toMatch(says);
  });

  test('refuses a damaged journal, and a module that is missing or was changed, with exit code 2', async () => {
    const cut = join(recorded.folder, 'cut.backup');
    await writeFile(cut, (await readFile(recorded.sound)).subarray(0, -30));
    expect(await replay(['--journal', cut])).toMatchObject({ code: 2, err: expect.stringMatching(/cannot be replayed: it is/) });
    const other = Buffer.from([...recorded.trading.module.wasm, 0, 2, 1, 120]);
    await sql`update strategy_versions set wasm = ${other}`.execute(recorded.database.db);
    const swapped = await recorded.backupOf('swapped.backup', recorded.entries);
    expect(await replay(['--journal', swapped])).toMatchObject({ code: 2, err: expect.stringMatching(/its bytes were changed/) });
    await sql`delete from strategy_versions`.execute(recorded.database.db);
    const bare = await recorded.backupOf('bare.backup', recorded.entries);
    expect(await replay(['--journal', bare])).toMatchObject({ code: 2, err: expect.stringMatching(/is not among the records/) });
    await recorded.saveModule();
  });
});
