import { open, readFile, rename, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeState, encodeState } from './core/state.ts';
import type { CommandLog } from './host.ts';
import type { VenueCommand } from './venue.ts';

const SNAPSHOT_EVERY = 5_000;
const LOG_FILE = 'commands.log';
const SNAPSHOT_FILE = 'snapshot.json';

/** A folder whose contents are not a venue's, or are damaged before their end. */
export class VenueLogError extends Error {
  override readonly name = 'VenueLogError';
}

interface Kept {
  readonly sequence: number;
  readonly command: VenueCommand;
}

/** What a folder holds: the newest snapshot, and the commands after it. */
export interface Recovered {
  readonly snapshot: string | undefined;
  readonly commands: readonly VenueCommand[];
  /** Sequence number of the last command. */
  readonly sequence: number;
  /** Bytes at the end of the log that were cut off, because a crash left them incomplete. */
  readonly bytesCut: number;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
const lineOf = (text: string): string => `${checksum(text)} ${text}\n`;

function textOf(line: string): string | undefined {
  const text = line.slice(9);
  return line.length > 9 && line.slice(0, 8) === checksum(text) ? text : undefined;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readSnapshot(folder: string): Promise<{ readonly sequence: number; readonly state: string } | undefined> {
  const path = join(folder, SNAPSHOT_FILE);
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  const text = textOf(bytes.toString('utf8').trimEnd());
  if (text === undefined)
    throw new VenueLogError(`${path} is damaged: its checksum does not fit. Restore it, or start with an empty folder`);
  return decodeState(text) as { readonly sequence: number; readonly state: string };
}

/** Reads whole lines; a broken one is the end, unless sound ones follow it. */
function readLines(path: string, bytes: Buffer): { readonly kept: readonly Kept[]; readonly length: number } {
  const kept: Kept[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(10, start);
    const text = end === -1 ? undefined : textOf(bytes.toString('utf8', start, end));
    if (text === undefined) {
      const rest = end === -1 ? [] : bytes.toString('utf8', end + 1).split('\n');
      if (rest.some((line) => textOf(line) !== undefined)) {
        throw new VenueLogError(`${path} is damaged at byte ${start}, before its end. Restore it, or start with an empty folder`);
      }
      break;
    }
    kept.push(decodeState(text) as Kept);
    start = end + 1;
  }
  return { kept, length: start };
}

/** Reads a folder and cuts a torn tail off its log. */
export async function recover(folder: string): Promise<Recovered> {
  const snapshot = await readSnapshot(folder);
  const path = join(folder, LOG_FILE);
  const bytes = (await readIfThere(path)) ?? Buffer.alloc(0);
  const { kept, length } = readLines(path, bytes);
  const bytesCut = bytes.length - length;
  if (bytesCut > 0) {
    const handle = await open(path, 'r+');
    await handle.truncate(length);
    await handle.datasync();
    await handle.close();
  }
  const first = snapshot?.sequence ?? 0;
  const after = kept.filter(({ sequence }) => sequence > first);
  for (const [index, { sequence }] of after.entries()) {
    if (sequence !== first + index + 1)
      throw new VenueLogError(`${path} lacks command ${first + index + 1}: it does not belong to its snapshot`);
  }
  return { snapshot: snapshot?.state, commands: after.map(({ command }) => command), sequence: first + after.length, bytesCut };
}

async function writeDurably(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(`${path}.new`, lineOf(text), { flush: true });
  await rename(`${path}.new`, path);
  const directory = await open(folder, 'r');
  await directory.sync();
  await directory.close();
}

interface Pending {
  readonly line: string;
  readonly sequence: number;
  /** The venue's state after this command, where a snapshot is due. */
  readonly snapshot: string | undefined;
}

/**
 * The commands of a venue on disk. Appends that arrive while the disk is busy share one flush. From time to time the venue's whole
 * state is written beside the log, which then begins again.
 */
export class VenueLog implements CommandLog {
  readonly #folder: string;
  readonly #file: FileHandle;
  readonly #snapshot: () => string;
  readonly #snapshotEvery: number;
  #sequence: number;
  #sinceSnapshot = 0;
  #pending: Pending[] = [];
  /** Resolves when what is pending now is on disk. */
  #written: PromiseWithResolvers<void> | undefined;
  #flushing: Promise<void> | undefined;
  #failure: unknown;

  private constructor(folder: string, file: FileHandle, sequence: number, snapshot: () => string, snapshotEvery: number) {
    this.#folder = folder;
    this.#file = file;
    this.#sequence = sequence;
    this.#snapshot = snapshot;
    this.#snapshotEvery = snapshotEvery;
  }

  /** Opens the log of a recovered folder. `snapshot` gives the venue's state, as it is after the last command appended. */
  static async open(folder: string, sequence: number, snapshot: () => string, snapshotEvery = SNAPSHOT_EVERY): Promise<VenueLog> {
    return new VenueLog(folder, await open(join(folder, LOG_FILE), 'a'), sequence, snapshot, snapshotEvery);
  }

  append(command: VenueCommand): Promise<void> {
    const sequence = ++this.#sequence;
    const due = ++this.#sinceSnapshot >= this.#snapshotEvery;
    if (due) this.#sinceSnapshot = 0;
    const kept: Kept = { sequence, command };
    this.#pending.push({ line: lineOf(encodeState(kept)), snapshot: due ? this.#snapshot() : undefined, sequence });
    this.#written ??= Promise.withResolvers();
    const { promise } = this.#written;
    this.#flushing ??= this.#flush();
    return promise;
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#file.close();
  }

  /** Writes what waits, round after round. After a failure nothing is written any more: a gap in the log would be worse. */
  async #flush(): Promise<void> {
    await Promise.resolve();
    while (this.#written !== undefined) {
      const written = this.#written;
      const batch = this.#pending;
      this.#written = undefined;
      this.#pending = [];
      try {
        if (this.#failure !== undefined) throw this.#failure;
        await this.#write(batch);
        written.resolve();
      } catch (error) {
        this.#failure ??= error;
        written.reject(error);
      }
    }
    this.#flushing = undefined;
  }

  async #write(batch: readonly Pending[]): Promise<void> {
    await this.#file.appendFile(batch.map(({ line }) => line).join(''));
    await this.#file.datasync();
    const due = batch.findLast(({ snapshot }) => snapshot !== undefined);
    if (due?.snapshot === undefined) return;
    await this.#rotate(
      due.sequence,
      due.snapshot,
      batch.filter(({ sequence }) => sequence > due.sequence),
    );
  }

  async #rotate(sequence: number, state: string, after: readonly Pending[]): Promise<void> {
    await writeDurably(this.#folder, SNAPSHOT_FILE, encodeState({ sequence, state }));
    await this.#file.truncate(0);
    if (after.length > 0) await this.#file.appendFile(after.map(({ line }) => line).join(''));
    await this.#file.datasync();
  }
}
