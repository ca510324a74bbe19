import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownDatabase } from '../../server/src/platform/test/own-database.ts';
import { accountAt, differencesBetween } from '../exchange-books.ts';
import { eventually, logIn } from '../product.ts';
import type { Api } from '../product.ts';
import type { Ground, Life } from './life.ts';

const POSTGRES_URL = process.env['TIDEMARK_TEST_DATABASE_URL'];

export type Store = 'embedded' | 'postgres';

/** Where folders are made, and the exchange that accounts are at. */
export interface Surroundings {
  readonly folder: string;
  readonly exchangeUrl: string;
}

/** A folder, a database and an account that nobody has used. */
export async function freshGround(
  { folder, exchangeUrl }: Surroundings,
  store: Store,
  name: string,
): Promise<Ground & { readonly leave: () => Promise<void> }> {
  const id = `kill_${name}_${randomBytes(4).toString('hex')}`;
  const dataDir = join(folder, id, 'data');
  await mkdir(dataDir, { recursive: true });
  const keys = { APCA_API_KEY_ID: id, APCA_API_SECRET_KEY: 'secret' };
  const ground = { dataDir, keys, account: accountAt(exchangeUrl, id, 'secret') };
  if (store === 'embedded' || POSTGRES_URL === undefined)
    return { ...ground, databaseUrl: undefined, leave: async () => await Promise.resolve() };
  const { url: databaseUrl, drop } = await ownDatabase(POSTGRES_URL, 'kill');
  return { ...ground, databaseUrl, leave: drop };
}

/** Waits until our books are the exchange's. */
export async function booksEqual(api: Api, { account }: Ground): Promise<void> {
  const settled = async (): Promise<true> => {
    const differences = await differencesBetween(api, account);
    if (differences.length > 0) throw new Error(differences.join('; '));
    return true;
  };
  await eventually('our books are the exchange’s', settled, 40_000);
}

/** Waits until the server is ready and its books are the exchange's. */
export async function healthy(life: Life, ground: Ground): Promise<Api> {
  const url = await life.ready;
  if (url === undefined) throw new Error(`the server did not start:\n${life.output()}`);
  const api = await logIn(url);
  await booksEqual(api, ground);
  return api;
}
