import { after, before, dying, instead } from './point.ts';
import type { KillPoint } from './point.ts';

const FILES = 'journal/embedded.ts';
const TABLE = 'journal/postgres.ts';
const SNAPSHOT_FILES = 'journal/snapshots/snapshot-files.ts';
const SNAPSHOT_ROWS = 'journal/snapshots/snapshot-rows.ts';
const FRAME = '      await file.write(frame, segment.bytes);';
const SYNC = '      await file.datasync();';
/** Snapshots are written after a few entries instead of thousands. */
const SOON = instead('journal/past/snapshotter.ts', 'const EVERY_ENTRIES = 10_000;', 'const EVERY_ENTRIES = 20;');

const holds = (kind: string): string => `entries.some(({ entry }) => entry.kind === '${kind}')`;

/** The same places in the write of an order and in that of a fill. */
const KINDS = [
  { what: 'an order', kind: 'SubmitOrder' },
  { what: 'a fill', kind: 'FillBooked' },
] as const;

const torn = (what: string, kind: string): KillPoint => ({
  name: `the frame of ${what} is half written`,
  phase: 'trading',
  edits: [
    instead(
      FILES,
      FRAME,
      `if (${holds(kind)} && globalThis.tidemarkDies()) { await file.write(frame.subarray(0, frame.length >> 1), segment.bytes); process.kill(process.pid, 'SIGKILL'); } ${FRAME}`,
    ),
  ],
});

/** Of the journal in files. */
export const JOURNAL_FILE_POINTS: readonly KillPoint[] = [
  ...KINDS.flatMap(({ what, kind }): readonly KillPoint[] => [
    { name: `the frame of ${what} is not yet written`, phase: 'trading', edits: [before(FILES, FRAME, holds(kind))] },
    { name: `the frame of ${what} is written, and not on the disk`, phase: 'trading', edits: [before(FILES, SYNC, holds(kind))] },
    { name: `the frame of ${what} is on the disk, and not acknowledged`, phase: 'trading', edits: [after(FILES, SYNC, holds(kind))] },
    torn(what, kind),
  ]),
  {
    name: 'a torn tail is kept, and not yet cut',
    phase: 'starting',
    edits: [before('journal/segment-files.ts', '  await truncate(path, end);')],
  },
  { name: 'a torn tail is cut', phase: 'starting', edits: [after('journal/segment-files.ts', '  await truncate(path, end);')] },
  {
    name: 'a new file of the journal is begun',
    phase: 'trading',
    edits: [
      instead(FILES, 'const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;', 'const SEGMENT_BYTES_MAX = 64 * 1024;'),
      before(FILES, '    await syncDirectory(dirname(segment.path));'),
    ],
  },
  {
    name: 'a snapshot is written, and not on the disk',
    phase: 'trading',
    edits: [SOON, before(SNAPSHOT_FILES, '        await file.sync();')],
  },
  {
    name: 'a snapshot has not yet its name',
    phase: 'trading',
    edits: [SOON, before(SNAPSHOT_FILES, '      await rename(unfinished, join(dir, nameOf(seq)));')],
  },
  {
    name: 'a snapshot has its name, and the folder is not on the disk',
    phase: 'trading',
    edits: [SOON, before(SNAPSHOT_FILES, '      await syncDirectory(dir);')],
  },
  { name: 'the folder is locked', phase: 'starting', edits: [before('journal/directory-lock.ts', '  let held = true;')] },
];

const INSERT = '      await insertEntries(trx, entries);';
const PROJECTED = '        entries.map(({ entry }) => entry),\n      );';
const COMMITTED = '    wake?.note(entries.at(-1)?.entry.seq ?? 0);';

/** Of the journal in a table. */
export const JOURNAL_TABLE_POINTS: readonly KillPoint[] = [
  ...KINDS.flatMap(({ what, kind }): readonly KillPoint[] => [
    { name: `the row of ${what} is not yet inserted`, phase: 'trading', edits: [before(TABLE, INSERT, holds(kind))] },
    {
      name: `the row of ${what} is inserted, and its tables are not written`,
      phase: 'trading',
      edits: [after(TABLE, INSERT, holds(kind))],
    },
    {
      name: `the row of ${what} and its tables are written, and not committed`,
      phase: 'trading',
      edits: [after(TABLE, PROJECTED, holds(kind))],
    },
    { name: `the row of ${what} is committed, and not acknowledged`, phase: 'trading', edits: [before(TABLE, COMMITTED, holds(kind))] },
  ]),
  {
    name: 'a snapshot is not yet inserted',
    phase: 'trading',
    edits: [SOON, instead(SNAPSHOT_ROWS, '    const row = { content,', `    ${dying()} const row = { content,`)],
  },
  {
    name: 'a snapshot is inserted',
    phase: 'trading',
    edits: [SOON, instead(SNAPSHOT_ROWS, '      .execute();\n  },\n  remove', `      .execute();\n    ${dying()}\n  },\n  remove`)],
  },
];
