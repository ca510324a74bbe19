import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { accountHost } from '../market-data/providers/alpaca-hosts.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import * as store from './broker-keys-store.ts';
import type { BrokerKeyRow, BrokerKeyTables } from './broker-keys-store.ts';
import { hintOf, pairBelongs } from './broker-keys/key-pair.ts';
import { KeysRefused } from './broker-keys/master-key.ts';
import type { MasterKey } from './broker-keys/master-key.ts';
import { NONCE_BYTES, seal, unseal } from './broker-keys/seal.ts';
import type { KeyPair, KeyPlace } from './broker-keys/seal.ts';
import { resealSecondFactors } from './second-factor-service.ts';
import type { AccountTables } from './store.ts';

export type { BrokerKeyTables } from './broker-keys-store.ts';

type Db = Kysely<BrokerKeyTables>;
type Mode = KeyPlace['mode'];

/** A stored pair, without anything that is secret. */
export interface StoredKeys {
  readonly mode: Mode;
  readonly host: string;
  /** The first two and the last four letters of the key id. */
  readonly hint: string;
  /** Names the master key that opens it. */
  readonly masterKeyId: string;
  readonly addedAt: Instant;
  readonly rotatedAt: Instant | undefined;
}

const placeOf = (mode: Mode): KeyPlace => ({ mode, host: accountHost(mode) });

function sealed(pair: KeyPair, mode: Mode, master: MasterKey): Pick<BrokerKeyRow, 'host' | 'hint' | 'sealed' | 'master_key_id'> {
  pairBelongs(pair.keyId, mode);
  const place = placeOf(mode);
  return { host: place.host, hint: hintOf(pair), sealed: seal(pair, place, master, randomBytes(NONCE_BYTES)), master_key_id: master.id };
}

export const listBrokerKeys = async (db: Db): Promise<readonly StoredKeys[]> =>
  (await store.selectBrokerKeys(db)).map((row) => ({
    mode: row.mode,
    host: row.host,
    hint: row.hint,
    masterKeyId: row.master_key_id,
    addedAt: instantFromMs(row.added_at.getTime()),
    rotatedAt: row.rotated_at === null ? undefined : instantFromMs(row.rotated_at.getTime()),
  }));

/** Throws {@link KeysRefused} where there are keys of this kind already. */
export async function addBrokerKeys(db: Db, master: MasterKey, mode: Mode, pair: KeyPair, now: Instant): Promise<void> {
  const row = { mode, ...sealed(pair, mode, master), added_at: new Date(now), rotated_at: null };
  if (!(await store.insertBrokerKey(db, row)))
    throw new KeysRefused(`There are ${mode} keys already: tidemark keys rotate ${mode} puts others in their place`);
}

const noKeys = (mode: Mode): KeysRefused => new KeysRefused(`There are no ${mode} keys here: tidemark keys add ${mode} stores them`);

/** Other keys of the same account take the place of those that are stored. Throws {@link KeysRefused}. */
export async function rotateBrokerKeys(db: Db, master: MasterKey, mode: Mode, pair: KeyPair, now: Instant): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const before = (await store.lockBrokerKeys(trx)).find((row) => row.mode === mode);
    if (before === undefined) throw noKeys(mode);
    // Whoever cannot open what is stored shall not put something else in its place unseen.
    const old = unseal(before.sealed, placeOf(mode), master);
    if (old.keyId === pair.keyId || old.secret === pair.secret)
      throw new KeysRefused('These are the keys that are stored already, at least in part: make new ones at the broker');
    await store.updateBrokerKey(trx, { mode, ...sealed(pair, mode, master), rotated_at: new Date(now) });
  });
}

export async function removeBrokerKeys(db: Db, mode: Mode): Promise<void> {
  if (!(await store.deleteBrokerKey(db, mode))) throw noKeys(mode);
}

/** What a master key sealed, all of it anew with another. */
export interface Resealed {
  readonly pairs: number;
  readonly factors: number;
}

/** Every stored pair and second factor is opened with the old master key and sealed with the next, all or none. Throws {@link KeysRefused}. */
export async function rotateMasterKey(db: Db, old: MasterKey, next: MasterKey): Promise<Resealed> {
  if (old.id === next.id) throw new KeysRefused('The next master key is the one that is set already: make another');
  return await db.transaction().execute(async (trx) => {
    const rows = await store.lockBrokerKeys(trx);
    // One database, of which each slice of tables knows its own.
    for (const { mode, sealed: text, rotated_at } of rows)
      await store.updateBrokerKey(trx, { mode, ...sealed(unseal(text, placeOf(mode), old), mode, next), rotated_at });
    return { pairs: rows.length, factors: await resealSecondFactors(trx as unknown as Kysely<AccountTables>, old, next) };
  });
}

/** The pair itself, for the broker's adapter alone. Throws {@link KeysRefused}. */
export async function openBrokerKeys(db: Db, master: MasterKey, mode: Mode): Promise<KeyPair> {
  const row = (await store.selectBrokerKeys(db)).find((one) => one.mode === mode);
  if (row === undefined) throw noKeys(mode);
  const pair = unseal(row.sealed, placeOf(mode), master);
  pairBelongs(pair.keyId, mode);
  return pair;
}
