import { hash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { plainState } from '../../engine/plain-state.ts';
import type { Lives } from '../../engine/recorded-lives.ts';
import type { SnapshotPoint } from '../../engine/session.ts';
import type { EngineState } from '../../engine/state.ts';
import { encode } from '../codec.ts';

/** A snapshot that is not used, with the reason: the journal is read from an earlier place instead. */
export class SnapshotUnusable extends Error {
  override readonly name = 'SnapshotUnusable';
}

/** Raised when the layout of header or body changes. */
export const SNAPSHOT_FORMAT = 1;

/** What a snapshot belongs to: it is used only where all of this is the same again. */
export interface SnapshotOrigin {
  /** Hash of the journal's entry at the snapshot's number. */
  readonly journalHash: string;
  /** Hash of the program that wrote it. */
  readonly program: string;
  /** Hash of the state before the first entry: account, mode, limits. */
  readonly initial: string;
}

export interface SnapshotHeader extends SnapshotOrigin {
  readonly format: number;
  readonly seq: number;
  /** SHA-256 of the canonical text of the state; of what the strategies' modules were fed; of the bytes that follow. */
  readonly state: string;
  readonly lives: string;
  readonly body: string;
}

export const stateHash = (state: EngineState): string => hash('sha256', encode(plainState(state)), 'hex');
/** Positions are doubles and may be not-a-number, which canonical text refuses: plain JSON tells two lives apart as well. */
export const livesHash = (lives: Lives): string =>
  hash('sha256', JSON.stringify([...lives].toSorted(([left], [right]) => (left < right ? -1 : 1))), 'hex');

/** One line of JSON, then the compressed state. */
export function encodeSnapshot({ seq, state, events, lives }: SnapshotPoint, origin: SnapshotOrigin): Buffer {
  const body = zstdCompressSync(serialize({ state, events, lives }));
  const header: SnapshotHeader = {
    format: SNAPSHOT_FORMAT,
    seq,
    ...origin,
    state: stateHash(state),
    lives: livesHash(lives),
    body: hash('sha256', body, 'hex'),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]);
}

const HEADER_FIELDS = ['journalHash', 'program', 'initial', 'state', 'lives', 'body'] as const;

/** Throws {@link SnapshotUnusable} on bytes that are no snapshot of a format that this program reads. */
export function readHeader(bytes: Buffer): SnapshotHeader {
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8', 0, Math.max(0, bytes.indexOf(10))));
  } catch (error) {
    throw new SnapshotUnusable('it does not begin with a header: it is damaged, or no snapshot', { cause: error });
  }
  if (typeof header !== 'object' || header === null) throw new SnapshotUnusable('its header is damaged');
  const fields = header as Readonly<Record<string, unknown>>;
  if (fields['format'] !== SNAPSHOT_FORMAT) {
    throw new SnapshotUnusable(`it has format ${String(fields['format'])}, and this version reads format ${SNAPSHOT_FORMAT}`);
  }
  const whole = Number.isSafeInteger(fields['seq']) && HEADER_FIELDS.every((name) => typeof fields[name] === 'string');
  if (!whole) throw new SnapshotUnusable('its header is damaged');
  return header as SnapshotHeader;
}

const FOREIGN: Readonly<Record<keyof SnapshotOrigin, string>> = {
  journalHash: 'it belongs to another journal, or to entries that this one has lost',
  program: 'another version of the program wrote it',
  initial: 'it was made for another account, mode or first limits',
};

/** The state in a snapshot of entry `seq`. Throws {@link SnapshotUnusable} where it is damaged, or belongs elsewhere. */
export function decodeSnapshot(bytes: Buffer, seq: number, origin: SnapshotOrigin): SnapshotPoint {
  const header = readHeader(bytes);
  if (header.seq !== seq) throw new SnapshotUnusable(`it is of entry ${header.seq}, not of entry ${seq}`);
  for (const name of ['journalHash', 'program', 'initial'] as const) {
    if (header[name] !== origin[name]) throw new SnapshotUnusable(FOREIGN[name]);
  }
  const body = bytes.subarray(bytes.indexOf(10) + 1);
  if (hash('sha256', body, 'hex') !== header.body) throw new SnapshotUnusable('its content does not match its checksum');
  const { state, events, lives } = deserialize(zstdDecompressSync(body)) as Omit<SnapshotPoint, 'seq'>;
  if (stateHash(state) !== header.state) throw new SnapshotUnusable('its state does not match its hash');
  return { seq, state, events, lives };
}
