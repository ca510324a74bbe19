import { createHash } from 'node:crypto';

/** Where objects are kept by name: bytes in, the same bytes out. A write is whole or not there; the last one counts. */
export interface ObjectStore {
  /** Named in messages: a folder, or a bucket. */
  readonly place: string;
  /** `undefined` where there is none. Rejects where the store does not answer. */
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** What is kept under a hash is something else. */
export class ArtifactDamaged extends Error {
  override readonly name = 'ArtifactDamaged';
}

/** Large results that can be handed out again: kept by their content, found by names that say what they are of. */
export interface Artifacts {
  /** Returns the SHA-256 of the bytes, in hex: they are kept under it. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes of that hash, checked; `undefined` where there are none. Throws {@link ArtifactDamaged}. */
  get(hash: string): Promise<Uint8Array | undefined>;
  /** From now on the name means these bytes. A name is parts of letters, digits and dashes, with slashes between: `reports/…`. */
  point(name: string, hash: string): Promise<void>;
  /** The hash that a name means; `undefined` where it means none. Throws {@link ArtifactDamaged}. */
  find(name: string): Promise<string | undefined>;
}

const HASH = /^[0-9a-f]{64}$/;
const NAME = /^[A-Za-z0-9-]{1,100}(?:\/[A-Za-z0-9-]{1,100}){0,4}$/;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** Two letters first: no folder holds more than its share. */
const contentName = (hash: string): string => `sha256/${hash.slice(0, 2)}/${hash}`;

function checkHash(hash: string): string {
  if (HASH.test(hash)) return hash;
  throw new Error(`Invariant: ${JSON.stringify(hash.slice(0, 80))} is no SHA-256 in hex`);
}

function pointerName(name: string): string {
  if (NAME.test(name)) return `names/${name}`;
  throw new Error(`Invariant: ${JSON.stringify(name.slice(0, 80))} is no name of an artifact`);
}

export function artifactsIn(store: ObjectStore): Artifacts {
  return {
    put: async (bytes) => {
      const hash = hashOf(bytes);
      await store.write(contentName(hash), bytes);
      return hash;
    },
    get: async (hash) => {
      const name = contentName(checkHash(hash));
      const bytes = await store.read(name);
      if (bytes === undefined) return undefined;
      const found = hashOf(bytes);
      if (found === hash) return bytes;
      throw new ArtifactDamaged(
        `${store.place}: ${name} holds bytes of the SHA-256 ${found}. Delete it, and check the disk or the bucket.`,
      );
    },
    point: async (name, hash) => await store.write(pointerName(name), Buffer.from(checkHash(hash))),
    find: async (name) => {
      const bytes = await store.read(pointerName(name));
      if (bytes === undefined) return undefined;
      const hash = Buffer.from(bytes).toString('latin1');
      if (HASH.test(hash)) return hash;
      throw new ArtifactDamaged(`${store.place}: ${pointerName(name)} holds no SHA-256. Delete it, and check the disk or the bucket.`);
    },
  };
}
