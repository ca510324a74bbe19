import { expect, test } from 'vitest';
import { servedEndpoint } from './stored-keys.ts';

const MASTER = '8f1d0c2b3a49586776859403a1b2c3d4e5f60718293a4b5c6d7e8f9001122334';
const DATABASE = 'postgres://localhost/none';

test.each([
  ['live on the embedded database', 'alpaca-live', { TIDEMARK_MASTER_KEY: MASTER }, /PostgreSQL: set DATABASE_URL/],
  ['live without a master key', 'alpaca-live', { DATABASE_URL: DATABASE }, /TIDEMARK_MASTER_KEY is not set/],
  ['live with a master key that is none', 'alpaca-live', { DATABASE_URL: DATABASE, TIDEMARK_MASTER_KEY: 'planted' }, /no key of 32 bytes/],
  [
    'live with keys of the environment',
    'alpaca-live',
    { APCA_API_KEY_ID: 'AKPLANTED', APCA_API_SECRET_KEY: 'planted' },
    /PostgreSQL: set DATABASE_URL/,
  ],
  ['a live key at the paper place', 'alpaca-paper', { APCA_API_KEY_ID: 'AKPLANTED', APCA_API_SECRET_KEY: 'planted' }, /live account/],
  ['half a paper pair', 'alpaca-paper', { APCA_API_KEY_ID: 'PKPLANTED', TIDEMARK_MASTER_KEY: MASTER }, /needs keys/],
  ['paper with nothing', 'alpaca-paper', {}, /needs keys/],
])('%s is refused, and no secret told', async (_name, exchange, environment, message) => {
  const asked = servedEndpoint({ exchange, dataDir: 'nowhere' }, environment);
  await expect(asked).rejects.toThrow(message);
  await expect(asked).rejects.not.toThrow(/PLANTED|planted/);
});

test('an address of its own is for the simulated exchange', async () => {
  await expect(servedEndpoint({ exchange: 'alpaca-live', exchangeUrl: 'http://127.0.0.1:1', dataDir: 'nowhere' }, {})).rejects.toThrow(
    /simulated only/,
  );
});
