import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase } from '../../platform/database.ts';

/** In what the days of a simulation are written down. */
export type StoreChoice = { readonly kind: 'model' } | { readonly kind: 'embedded' } | { readonly kind: 'postgres'; readonly url: string };
export type StoreKind = StoreChoice['kind'];
export const STORE_KINDS: readonly StoreKind[] = ['model', 'embedded', 'postgres'];

/** Where one thread writes: no two share a place. */
export type Place =
  | { readonly kind: 'model' }
  | { readonly kind: 'embedded'; readonly dir: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

export interface OwnPlace {
  readonly place: Place;
  /** Nothing of it is left. Whoever wrote there must have ended. Throws an error that names what may be left. */
  readonly remove: () => Promise<void>;
}

/** A place of its own: a folder for temporary files, or the name of a schema that is made by whoever writes there first. */
export async function takePlace(store: StoreChoice): Promise<OwnPlace> {
  switch (store.kind) {
    case 'model':
      return { place: store, remove: async () => await Promise.resolve() };
    case 'embedded': {
      const dir = await mkdtemp(join(tmpdir(), 'tidemark-simulate-'));
      return {
        place: { kind: 'embedded', dir },
        remove: async () => await naming(`the folder ${dir}`, rm(dir, { recursive: true, force: true })),
      };
    }
    case 'postgres': {
      const schema = `tidemark_simulate_${randomBytes(8).toString('hex')}`;
      return {
        place: { kind: 'postgres', url: store.url, schema },
        remove: async () => await naming(`the schema ${schema}`, dropSchema(store.url, schema)),
      };
    }
  }
}

async function naming(what: string, removal: Promise<void>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${what} may be left, and can be deleted: ${why}`, { cause: error });
  }
}

async function dropSchema(url: string, schema: string): Promise<void> {
  const { db, close } = await openDatabase({ url });
  try {
    await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
  } finally {
    await close();
  }
}
