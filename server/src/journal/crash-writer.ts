import { openEmbeddedJournal } from './embedded.ts';
import { batchOf } from './test-journal.ts';

// Run by the crash test as a process of its own: appends for ever and prints each acknowledged number.

const dir = process.argv[2];
if (dir === undefined) throw new Error('Usage: crash-writer.ts DIRECTORY');
const journal = await openEmbeddedJournal({ dir, segmentBytesMax: 200_000 });
const write = async (): Promise<never> => {
  for (;;) {
    const entries = await journal.append(batchOf(journal.head().seq + 1, 1 + (journal.head().seq % 5)));
    process.stdout.write(`${entries.at(-1)?.seq ?? 0}\n`);
  }
};
// Several at once, so that groups form.
await Promise.all([write(), write(), write()]);
