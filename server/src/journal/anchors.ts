import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Head } from './chain.ts';
import { findings } from './audit/findings.ts';
import type { Auditor } from './audit/findings.ts';
import type { Journal } from './journal.ts';

// The chain proves that nothing was changed in it; it cannot prove that its end, or all of it, was not exchanged. So its head is written down elsewhere now and then.

/** The head of the journal as it was written down at some time. */
export interface Anchor extends Head {
  readonly writtenAt: string;
}

/** The journal lacks an entry that was anchored, or has another in its place. */
export class AnchorMismatch extends Error {
  override readonly name = 'AnchorMismatch';
}

/** The anchor file holds a line that is none of ours. */
export class AnchorFileDamaged extends Error {
  override readonly name = 'AnchorFileDamaged';
}

/** Ends a line that a crash cut off. */
const TORN = ' #torn';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

function parseLine(text: string, number: number, path: string): Anchor {
  try {
    const { seq, hash, writtenAt } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (Number.isSafeInteger(seq) && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) && typeof writtenAt === 'string')
      return { seq: Number(seq), hash, writtenAt };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw new AnchorFileDamaged(`${path}, line ${number}: not an anchor: "${text.slice(0, 80)}"`);
}

/** Every anchor in the file, oldest first; a last line that a crash cut off is left out. Throws {@link AnchorFileDamaged}. */
export async function readAnchors(path: string): Promise<readonly Anchor[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const lines = text.split('\n');
  // What follows the last line feed was never finished.
  return lines.slice(0, -1).flatMap((line, index) => (line.endsWith(TORN) ? [] : [parseLine(line, index + 1, path)]));
}

/** Appends one anchor and makes it durable. */
export async function appendAnchor(path: string, { seq, hash, writtenAt }: Anchor): Promise<void> {
  await mkdir(dirname(resolve(path)), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const end = Buffer.alloc(1);
    if (size > 0) await file.read(end, 0, 1, size - 1);
    // A crash may have cut the last line: it is closed as such, and ours begins on its own. Nothing is taken away: the file may be append-only.
    const torn = size > 0 && end.toString() !== '\n';
    await file.appendFile(`${torn ? `${TORN}\n` : ''}${JSON.stringify({ seq, hash, writtenAt })}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Throws {@link AnchorMismatch} where the newest anchor is not in the journal: entries were lost or exchanged since. */
export async function checkNewestAnchor(path: string, journal: Pick<Journal, 'head' | 'read'>): Promise<void> {
  const newest = (await readAnchors(path)).at(-1);
  if (newest === undefined) return;
  const [entry] = newest.seq === 0 ? [] : await journal.read(newest.seq - 1, 1);
  if (entry?.hash === newest.hash) return;
  const found = entry === undefined ? `ends at entry ${journal.head().seq}` : `has another entry ${newest.seq}`;
  throw new AnchorMismatch(
    `The journal ${found}, and ${path} says that entry ${newest.seq} was ${newest.hash.slice(0, 12)}… at ${newest.writtenAt}. ` +
      'Entries were lost or exchanged. Restore the journal that belongs to it; to go on with this one after an older backup was restored, move the anchor file away.',
  );
}

/** Each anchor must be in the chain. */
export function anchorAuditor(path: string, anchors: readonly Anchor[]): Auditor {
  const found = findings('anchors');
  const waiting = [...anchors].toSorted((left, right) => left.seq - right.seq);
  let next = 0;
  let lastSeq = 0;
  return {
    take: (entries) => {
      for (const { seq, hash } of entries) {
        lastSeq = seq;
        for (let anchor = waiting[next]; anchor !== undefined && anchor.seq <= seq; anchor = waiting[next]) {
          next += 1;
          if (anchor.seq === seq && anchor.hash !== hash)
            found.add(`entry ${seq}`, `it has the hash ${hash}, and ${path} says that at ${anchor.writtenAt} it was ${anchor.hash}`);
        }
      }
    },
    finish: () => {
      for (const { seq, writtenAt } of waiting.slice(next))
        found.add(`entry ${seq}`, `the journal ends at entry ${lastSeq}, and ${path} says that at ${writtenAt} it had this one`);
      return found.result(`${anchors.length} anchors of ${path}`);
    },
  };
}
