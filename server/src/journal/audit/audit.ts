import type { Opening } from '../../engine/opening-record.ts';
import { firstState, recordedOpening } from '../../engine/opening-record.ts';
import { anchorAuditor, readAnchors } from '../anchors.ts';
import type { Head } from '../chain.ts';
import type { JournalEntry } from '../journal.ts';
import type { JournalReader } from '../past/journal-reader.ts';
import { decisionAuditor } from './decisions.ts';
import type { CheckResult } from './findings.ts';
import { ledgerAuditor } from './ledger.ts';
import { replayAudit } from './replayed.ts';

export interface JournalAuditOptions {
  readonly reader: JournalReader;
  readonly head: Head;
  readonly anchorFile: string;
  /** With what a journal began that does not say so itself. */
  readonly assumed: Opening;
}

/** Everything that the journal alone can show, in one pass over its entries. Its chain is taken as sound. */
export async function auditJournal({ reader, head, anchorFile, assumed }: JournalAuditOptions): Promise<readonly CheckResult[]> {
  const first = await firstEntry(reader, head);
  const opening = recordedOpening(first);
  const anchors = anchorAuditor(anchorFile, await readAnchors(anchorFile));
  const replay = await replayAudit(firstState(first, opening ?? assumed), reader.snapshots, opening === undefined && head.seq > 0);
  const others = [decisionAuditor(), ledgerAuditor()];
  if (head.seq > 0) {
    for await (const page of reader.pages(0, head.seq)) {
      await anchors.take(page);
      await replay.take(page);
      for (const auditor of others) await auditor.take(page);
    }
  }
  const [replayed, snapshots] = replay.finish();
  return [anchors.finish(), replayed, ...others.map((auditor) => auditor.finish()), snapshots];
}

/** The entry that may say how the record began; `undefined` where it has none. */
export async function firstEntry(reader: JournalReader, head: Head): Promise<JournalEntry | undefined> {
  if (head.seq === 0) return undefined;
  for await (const page of reader.pages(0, 1)) return page[0];
  return undefined;
}
