import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openingEntry } from '../../engine/opening-record.ts';
import type { EntryDraft } from '../../engine/journal-entries.ts';
import { replayJournal } from '../../engine/replay-journal.ts';
import { ENGINE } from '../../engine/test/session-world.ts';
import { openEmbeddedTestDatabase, withTestDatabases } from '../../platform/test-database.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { appendAnchor, AnchorFileDamaged, AnchorMismatch, checkNewestAnchor, readAnchors } from '../anchors.ts';
import { startAnchors } from '../anchor-writer.ts';
import { decode, encode } from '../codec.ts';
import { openEmbeddedJournal } from '../embedded.ts';
import { fileReader, snapshotDir } from '../past/journal-reader.ts';
import { rebuildProjections } from '../projector.ts';
import { originOf } from '../snapshots/newest-usable.ts';
import { encodeSnapshot } from '../snapshots/snapshot.ts';
import { snapshotFiles } from '../snapshots/snapshot-files.ts';
import { entriesIn, LIFE_START, recordLife } from '../test/recorded-life.ts';
import type { Happening } from '../test/recorded-life.ts';
import { auditJournal } from './audit.ts';
import type { CheckResult } from './findings.ts';
import { auditProjections } from './projection-audit.ts';

const OPENING = { engine: ENGINE, limits: UNLIMITED };
const DAYS = Array.from({ length: 40 }, (_, index): Happening => [
  (['bar', 'ticket', 'mark', 'bar', 'cancel'] as const)[index % 5] ?? 'bar',
  index * 7,
]);
const LIFE = recordLife(DAYS);
const BATCHES: readonly (readonly EntryDraft[])[] = [[openingEntry(OPENING)], ...LIFE.batches];

/** A journal whose chain is sound, whatever its entries say. */
async function journalOf(batches = BATCHES) {
  const dir = await mkdtemp(join(tmpdir(), 'tidemark-audit-'));
  const journal = await openEmbeddedJournal({ dir });
  for (const batch of batches) await journal.append(batch);
  const head = journal.head();
  expect(await journal.verify()).toBeUndefined();
  await journal.close();
  const anchorFile = join(dir, 'anchors');
  const audit = async (): Promise<readonly CheckResult[]> =>
    await auditJournal({ reader: fileReader(dir), head, anchorFile, assumed: OPENING });
  return { dir, head, anchorFile, audit, dispose: async () => await rm(dir, { recursive: true }) };
}

/** The record with one thing said otherwise in the `nth` entry of a kind. */
function altered(kind: string, nth: number, change: (text: string) => string): readonly (readonly EntryDraft[])[] {
  let seen = 0;
  return BATCHES.map((batch) =>
    batch.map((draft) => {
      if (draft.kind !== kind) return draft;
      seen += 1;
      if (seen !== nth) return draft;
      const text = encode(draft.payload);
      const other = change(text);
      if (other === text) throw new Error(`nothing to change in ${text}`);
      return { ...draft, payload: decode(other) };
    }),
  );
}
const without = (kind: string, nth: number): readonly (readonly EntryDraft[])[] => {
  let seen = 0;
  return BATCHES.map((batch) => batch.filter((draft) => draft.kind !== kind || (seen += 1) !== nth));
};

const failed = (checks: readonly CheckResult[]): readonly string[] =>
  checks.filter(({ problems }) => problems.length > 0).map(({ check }) => check);
const problemsOf = (checks: readonly CheckResult[], name: string): string =>
  (checks.find(({ check }) => check === name)?.problems ?? []).map(({ where, problem }) => `${where}: ${problem}`).join('\n');

const grow = (field: string) => (text: string) => text.replace(new RegExp(`("${field}":\\{"\\$n":"-?)`), '$11');

describe('an audit of the journal', () => {
  test('finds nothing in a sound record, and says what it looked at', async () => {
    const { audit, dispose } = await journalOf();
    const checks = await audit();
    expect(failed(checks)).toEqual([]);
    const looked = checks.map(({ check, looked: at }) => `${check}: ${at}`).join('\n');
    expect(looked).toMatch(/ledger: [1-9]\d* fills booked anew/);
    expect(looked).toMatch(/decisions: [1-9]\d* orders.* [1-9]\d* sent/);
    expect(looked).toMatch(/replay: [1-9]\d* events decided again/);
    expect(looked).not.toMatch(/assumed/);
    await dispose();
  });

  test.each<{ name: string; batches: readonly (readonly EntryDraft[])[]; check: string; says: RegExp }>([
    {
      name: 'a fill with another price',
      batches: altered('FillBooked', 2, grow('price')),
      check: 'ledger',
      says: /entry \d+: (cash|the average cost of ALDR) is written as/,
    },
    {
      name: 'a fill with another quantity',
      batches: altered('FillBooked', 2, grow('quantity')),
      check: 'ledger',
      says: /the quantity of ALDR/,
    },
    {
      name: 'another average cost',
      batches: altered('PositionChanged', 2, grow('averagePrice')),
      check: 'ledger',
      says: /average cost of ALDR is written as 1\d+/,
    },
    {
      name: 'another realised P&L',
      batches: altered('PositionChanged', 3, grow('realizedPnl')),
      check: 'ledger',
      says: /realised P&L of ALDR/,
    },
    { name: 'other fees', batches: altered('PositionChanged', 3, grow('fees')), check: 'ledger', says: /the fees of ALDR/ },
    {
      name: 'other cash',
      batches: altered('EquityMarked', 9, grow('cash')),
      check: 'ledger',
      says: /cash is written as 1\d+.* the fills make/,
    },
    {
      name: 'an execution booked twice',
      batches: altered('FillBooked', 2, (text) => text.replace(/"executionId":"[^"]*"/, `"executionId":"${firstExecution()}"`)),
      check: 'ledger',
      says: /was booked in entry \d+ already/,
    },
    {
      name: 'an order that never was decided on',
      batches: altered('SubmitOrder', 1, (text) => text.replace(/"orderId":"[^"]*"/, '"orderId":"ghost"')),
      check: 'decisions',
      says: /order ghost was to be sent without a decision/,
    },
    {
      name: 'an order with other fields',
      batches: altered('SubmitOrder', 1, (text) => text.replace('"fieldsHash":"', '"fieldsHash":"0')),
      check: 'decisions',
      says: /other fields than were approved/,
    },
    {
      name: 'another decision',
      batches: altered('SubmitOrder', 1, (text) => text.replace('"decisionId":"', '"decisionId":"x')),
      check: 'decisions',
      says: /to be sent by decision x/,
    },
    {
      name: 'a denial that was sent',
      batches: altered('OrderChanged', 1, (text) => text.replace('"verdict":"approved"', '"verdict":"denied"')),
      check: 'decisions',
      says: /was denied, and is approved/,
    },
    {
      name: 'a bar with another close',
      batches: altered('BarsClosed', 1, (text) => text.replace(/"close":\d+/, '"close":1')),
      check: 'replay',
      says: /recorded otherwise|was recorded/,
    },
    {
      name: 'a fact that is missing',
      batches: without('FillBooked', 1),
      check: 'replay',
      says: /entry \d+: .*(was recorded where|which was not recorded)/,
    },
  ])('finds $name, and where', async ({ batches, check, says }) => {
    const { audit, dispose } = await journalOf(batches);
    const checks = await audit();
    expect(failed(checks)).toContain(check);
    expect(problemsOf(checks, check)).toMatch(says);
    await dispose();
  });

  test('without its first entry, today’s limits are assumed, and it says so', async () => {
    const { audit, dispose } = await journalOf(LIFE.batches);
    const checks = await audit();
    expect(failed(checks)).toEqual([]);
    expect(checks.find(({ check }) => check === 'replay')?.looked).toMatch(/defaults were assumed/);
    await dispose();
  });

  test('compares snapshots: one of another state, one that is damaged, one of an entry that is not there', async () => {
    const { dir, head, audit, dispose } = await journalOf();
    const entries = entriesIn({ batches: BATCHES, state: LIFE.state });
    const snapshots = snapshotFiles(snapshotDir(dir));
    const at = (seq: number, stateOf = seq): Buffer => {
      const replay = replayJournal(LIFE_START, encode);
      replay.take(entries.slice(0, stateOf));
      return encodeSnapshot({ seq, ...replay.soFar() }, originOf(entries[seq - 1]?.hash ?? '', LIFE_START));
    };
    const reader = fileReader(dir);
    const hashes: string[] = [];
    for await (const page of reader.pages(0, head.seq)) hashes.push(...page.map(({ hash }) => hash));
    // The made-up chain has another clock: its hashes are taken from the files.
    const written = (seq: number, stateOf = seq): Buffer => {
      const bytes = at(seq, stateOf);
      return Buffer.from(bytes.toString('latin1').replace(entries[seq - 1]?.hash ?? '', hashes[seq - 1] ?? ''), 'latin1');
    };
    await snapshots.write(30, written(30));
    expect(failed(await audit())).toEqual([]);
    await snapshots.write(60, written(60, 30));
    await snapshots.write(90, written(90).subarray(0, -1));
    await snapshots.write(head.seq + 5, written(90));
    const checks = await audit();
    expect(failed(checks)).toEqual(['snapshots']);
    const text = problemsOf(checks, 'snapshots');
    expect(text).toMatch(/0060\.snapshot: its state is not what the journal leads to/);
    expect(text).toMatch(/0090\.snapshot: its content does not match its checksum/);
    expect(text).toMatch(/which the journal does not have/);
    await dispose();
  });
});

const firstExecution = (): string => {
  for (const { kind, payload } of BATCHES.flat())
    if (kind === 'FillBooked') return (payload as { fill: { executionId: string } }).fill.executionId;
  throw new Error('Invariant: something was filled');
};

describe('anchors', () => {
  test('a journal that lost its end, and one that was written anew, are found by verify and at the start', async () => {
    const whole = await journalOf();
    const { head } = whole;
    await appendAnchor(whole.anchorFile, { ...head, writtenAt: '2024-03-04T00:00:00Z' });
    expect(failed(await whole.audit())).toEqual([]);
    const cut = await journalOf(BATCHES.slice(0, -2));
    await appendAnchor(cut.anchorFile, { ...head, writtenAt: '2024-03-04T00:00:00Z' });
    const shorter = await cut.audit();
    expect(failed(shorter)).toEqual(['anchors']);
    expect(problemsOf(shorter, 'anchors')).toMatch(/the journal ends at entry \d+, and .* says that at 2024-03-04/);
    const other = await journalOf(altered('OrderRequested', 1, (text) => text.replace('"reason":"test"', '"reason":"best"')));
    await appendAnchor(other.anchorFile, { ...head, writtenAt: '2024-03-04T00:00:00Z' });
    expect(problemsOf(await other.audit(), 'anchors')).toMatch(/it has the hash/);
    for (const { dir, anchorFile } of [cut, other]) {
      const journal = await openEmbeddedJournal({ dir });
      await expect(checkNewestAnchor(anchorFile, journal)).rejects.toThrow(AnchorMismatch);
      await journal.close();
    }
    const journal = await openEmbeddedJournal({ dir: whole.dir });
    await checkNewestAnchor(whole.anchorFile, journal);
    await journal.close();
    for (const each of [whole, cut, other]) await each.dispose();
  });

  test('are written after so many entries, at the close of a session and at the end, each once', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'tidemark-anchors-'));
    const path = join(dir, 'elsewhere', 'anchors');
    const journal = await openEmbeddedJournal({ dir });
    let now = 0;
    const reports: string[] = [];
    const stop = startAnchors({ path, journal, report: (what) => reports.push(what), everyEntries: 50, nowMs: () => (now += 20_000) });
    for (const batch of BATCHES) await journal.append(batch);
    await stop();
    const anchors = await readAnchors(path);
    expect(anchors.length).toBeGreaterThan(3);
    expect(anchors.at(-1)).toMatchObject(journal.head());
    expect(new Set(anchors.map(({ seq }) => seq)).size).toBe(anchors.length);
    await stop();
    expect(await readAnchors(path)).toHaveLength(anchors.length);
    await checkNewestAnchor(path, journal);
    // A folder in its place: told once, and the journal goes on.
    const failing = startAnchors({ path: dir, journal, report: (what) => reports.push(what), everyEntries: 1 });
    for (const batch of BATCHES.slice(0, 5)) await journal.append(batch);
    await failing();
    expect(reports).toEqual([`the anchor file ${dir}`]);
    await journal.close();
    await rm(dir, { recursive: true });
  });

  test('a line that a crash cut off is no anchor; any other line that is none is refused with its number', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'tidemark-anchors-'));
    const path = join(dir, 'anchors');
    const anchor = { seq: 7, hash: 'a'.repeat(64), writtenAt: '2024-03-04T00:00:00.000Z' };
    await appendAnchor(path, anchor);
    await writeFile(path, `${JSON.stringify(anchor)}\n{"seq":8,"ha`);
    expect(await readAnchors(path)).toEqual([anchor]);
    await appendAnchor(path, { ...anchor, seq: 9 });
    expect((await readAnchors(path)).map(({ seq }) => seq)).toEqual([7, 9]);
    await writeFile(path, `${JSON.stringify(anchor)}\n{"seq":-1}\n`);
    await expect(readAnchors(path)).rejects.toThrow(AnchorFileDamaged);
    await expect(readAnchors(path)).rejects.toThrow(/line 2/);
    await rm(dir, { recursive: true });
  });
});

withTestDatabases('an audit of the tables', (open) => {
  let live: TestDatabase;
  let rebuilt: TestDatabase;
  // Few days are enough for a row in every table that matters.
  const entries = entriesIn(recordLife(DAYS.slice(0, 15)));
  const journal = { read: (after: number, limit: number) => Promise.resolve(entries.slice(after, after + limit)) };
  beforeAll(async () => {
    [live, rebuilt] = [await open(), await openEmbeddedTestDatabase()];
    await rebuildProjections(rebuilt.db, journal);
  });
  afterAll(async () => {
    await live.close();
    await rebuilt.close();
  });
  const audit = async (): Promise<CheckResult> => await auditProjections(live.db, rebuilt.db);

  test('finds nothing in tables that the journal made, on any database', async () => {
    await rebuildProjections(live.db, journal);
    const { problems, looked } = await audit();
    expect(problems).toEqual([]);
    expect(Number(/^\d+/.exec(looked)?.[0])).toBeGreaterThan(entries.length);
  });

  test('finds all that was done to them, each in its row, and a rebuild mends it', async () => {
    const HARMS: readonly (readonly [sql: string, says: RegExp])[] = [
      [
        `update orders set reason = 'other' where id = (select min(id) from orders)`,
        /^orders, row id = "[^"]+": reason is "other" in the table, and the journal makes it "/m,
      ],
      [
        `update fills set price = price + 0.000000001 where seq = (select min(seq) from fills)`,
        /^fills, row execution_id = .*: price is "[\d.]+" in the table/m,
      ],
      [
        `delete from order_moments where seq = (select max(seq) from order_moments)`,
        /^order_moments, row order_id = "[^"]+", seq = \d+: it follows from the journal, and is not in the table/m,
      ],
      [
        `insert into limits values ('ghost', '1', 'nobody', 'why', now(), 1)`,
        /^limits, row name = "ghost": it is in the table, and does not follow/m,
      ],
      [`update equity_points set at = at + interval '1 ms' where seq = (select min(seq) from equity_points)`, /^equity_points, row at = /m],
      [`delete from journal_subjects where seq = (select min(seq) from journal_subjects)`, /^journal_subjects, row /m],
      [`update projection_progress set applied_hash = 'x'`, /^projection_progress, row id = true: applied_hash/m],
    ];
    await rebuildProjections(live.db, journal);
    for (const [harm] of HARMS) await sql.raw(harm).execute(live.db);
    const text = (await audit()).problems.map(({ where, problem }) => `${where}: ${problem}`).join('\n');
    for (const [, says] of HARMS) expect(text).toMatch(says);
    await rebuildProjections(live.db, journal);
    expect((await audit()).problems).toEqual([]);
  });
});
