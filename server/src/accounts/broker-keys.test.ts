import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { KeysRefused, parseMasterKey } from './broker-keys/master-key.ts';
import {
  addBrokerKeys,
  listBrokerKeys,
  openBrokerKeys,
  removeBrokerKeys,
  rotateBrokerKeys,
  rotateMasterKey,
} from './broker-keys-service.ts';

const master = parseMasterKey('8f1d0c2b3a49586776859403a1b2c3d4e5f60718293a4b5c6d7e8f9001122334');
const next = parseMasterKey('17e1d0c2b3a49586776859403a1b2c3d4e5f60718293a4b5c6d7e8f900112233');
const at = (minute: number) => instantFromMs(Date.UTC(2026, 0, 5, 9, minute));
const LIVE = { keyId: 'AKPLANTED0001', secret: 'planted-live-secret' };
const LIVE2 = { keyId: 'AKPLANTED0002', secret: 'planted-live-secret-2' };
const PAPER = { keyId: 'PKPLANTED0003', secret: 'planted-paper-secret' };

withTestDatabases('keys of the broker', (openDatabase) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.db.deleteFrom('broker_keys').execute();
    await addBrokerKeys(database.db, master, 'live', LIVE, at(0));
  });
  const everything = async (): Promise<string> => JSON.stringify(await database.db.selectFrom('broker_keys').selectAll().execute());

  describe('each kind has its own', () => {
    test('which only its master key opens, and no row tells', async () => {
      await addBrokerKeys(database.db, master, 'paper', PAPER, at(1));
      expect(await openBrokerKeys(database.db, master, 'live')).toEqual(LIVE);
      expect(await openBrokerKeys(database.db, master, 'paper')).toEqual(PAPER);
      await expect(openBrokerKeys(database.db, next, 'live')).rejects.toThrow(KeysRefused);
      expect(await everything()).not.toMatch(/planted|PLANTED/);
      expect(await listBrokerKeys(database.db)).toMatchObject([
        { mode: 'live', hint: 'AK…0001', host: 'api.alpaca.markets', masterKeyId: master.id, rotatedAt: undefined },
        { mode: 'paper', hint: 'PK…0003', host: 'paper-api.alpaca.markets' },
      ]);
    });

    test.each([
      ['there is one', 'live', LIVE2, /rotate live/],
      ['it is a paper key', 'live', PAPER, /begins with AK/],
      ['it is a live key', 'paper', LIVE2, /begins with PK/],
    ] as const)('adding is refused where %s', async (_name, mode, pair, message) => {
      await expect(addBrokerKeys(database.db, master, mode, pair, at(1))).rejects.toThrow(message);
      expect(await openBrokerKeys(database.db, master, 'live')).toEqual(LIVE);
    });

    test('a row that was moved to the other kind does not open', async () => {
      await addBrokerKeys(database.db, master, 'paper', PAPER, at(1));
      const [live] = await database.db.selectFrom('broker_keys').select('sealed').where('mode', '=', 'live').execute();
      await database.db
        .updateTable('broker_keys')
        .set({ sealed: live?.sealed ?? '' })
        .where('mode', '=', 'paper')
        .execute();
      await expect(openBrokerKeys(database.db, master, 'paper')).rejects.toThrow(/do not open/);
    });
  });

  describe('rotating', () => {
    test('puts another pair in the place of the old one', async () => {
      await rotateBrokerKeys(database.db, master, 'live', LIVE2, at(5));
      expect(await openBrokerKeys(database.db, master, 'live')).toEqual(LIVE2);
      expect(await listBrokerKeys(database.db)).toMatchObject([{ hint: 'AK…0002', addedAt: at(0), rotatedAt: at(5) }]);
    });

    test.each([
      ['the same pair', LIVE, master],
      ['the old secret', { ...LIVE2, secret: LIVE.secret }, master],
      ['by whoever cannot open the old one', LIVE2, next],
    ])('%s is refused', async (_name, pair, key) => {
      await expect(rotateBrokerKeys(database.db, key, 'live', pair, at(5))).rejects.toThrow(KeysRefused);
      expect(await openBrokerKeys(database.db, master, 'live')).toEqual(LIVE);
    });

    test('the master key seals all anew, or none', async () => {
      await addBrokerKeys(database.db, next, 'paper', PAPER, at(1));
      await expect(rotateMasterKey(database.db, master, next)).rejects.toThrow(KeysRefused);
      expect(await openBrokerKeys(database.db, master, 'live')).toEqual(LIVE);
      await removeBrokerKeys(database.db, 'paper');
      expect(await rotateMasterKey(database.db, master, next)).toEqual({ pairs: 1, factors: 0 });
      expect(await openBrokerKeys(database.db, next, 'live')).toEqual(LIVE);
      await expect(openBrokerKeys(database.db, master, 'live')).rejects.toThrow(KeysRefused);
      await expect(rotateMasterKey(database.db, next, next)).rejects.toThrow(KeysRefused);
    });
  });

  test('what is removed is gone, and said to be', async () => {
    await removeBrokerKeys(database.db, 'live');
    await expect(openBrokerKeys(database.db, master, 'live')).rejects.toThrow(/tidemark keys add live/);
    await expect(rotateBrokerKeys(database.db, master, 'live', LIVE2, at(1))).rejects.toThrow(/no live keys/);
    await expect(removeBrokerKeys(database.db, 'live')).rejects.toThrow(/no live keys/);
  });
});
