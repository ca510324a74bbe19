import type { KeyObject } from 'node:crypto';
import { MASTER_KEY, parseMasterKey } from '../accounts/broker-keys/master-key.ts';
import type { KeyPlace } from '../accounts/broker-keys/seal.ts';
import { checkEndpoint } from '../market-data/providers/alpaca-hosts.ts';
import type { AlpacaEndpoint } from '../market-data/providers/alpaca-hosts.ts';
import { endpointOf } from './endpoints.ts';
import { UsageError } from './usage.ts';

/** Live keys lie in PostgreSQL only, where live trading's records are: the embedded database does not survive a loss of power. */
export function checkKeyPlace(mode: KeyPlace['mode'], environment: NodeJS.ProcessEnv): void {
  if (mode === 'live' && !environment['DATABASE_URL'])
    throw new UsageError(
      'Live trading keeps its keys and records in PostgreSQL: set DATABASE_URL. The embedded database does not survive a loss of power',
    );
}

async function storedEndpoint(mode: KeyPlace['mode'], dataDir: string, environment: NodeJS.ProcessEnv): Promise<AlpacaEndpoint> {
  checkKeyPlace(mode, environment);
  const master = parseMasterKey(environment[MASTER_KEY]);
  const { withDatabase } = await import('./stored-bars.ts');
  const { openBrokerKeys } = await import('../accounts/broker-keys-service.ts');
  const pair = await withDatabase(dataDir, environment, (db) => openBrokerKeys(db, master, mode));
  const endpoint: AlpacaEndpoint = { ...pair, mode, account: `alpaca-${mode}` };
  checkEndpoint(endpoint);
  return endpoint;
}

/**
 * The broker that the server speaks to. A live account's keys are the stored ones and no others; a paper account's are those of the environment, else
 * the stored ones.
 */
export async function servedEndpoint(
  { exchange, exchangeUrl, dataDir }: { readonly exchange: string; readonly exchangeUrl?: string; readonly dataDir: string },
  environment: NodeJS.ProcessEnv,
): Promise<AlpacaEndpoint | undefined> {
  if (exchangeUrl !== undefined && exchange !== 'simulated') throw new UsageError('--exchange-url is for --exchange simulated only');
  if (exchange === 'alpaca-live') return await storedEndpoint('live', dataDir, environment);
  const inEnvironment = environment['APCA_API_KEY_ID'] !== undefined || environment['APCA_API_SECRET_KEY'] !== undefined;
  if (exchange === 'alpaca-paper' && !inEnvironment && environment[MASTER_KEY] !== undefined)
    return await storedEndpoint('paper', dataDir, environment);
  return endpointOf(exchange, exchangeUrl, environment);
}

const RECORD_KEY = 'TIDEMARK_RECORD_KEY';

/** Signs paper records; `undefined` where none is set. Throws where what is set is no key. */
export const recordKeyOf = (environment: NodeJS.ProcessEnv): KeyObject | undefined =>
  environment[RECORD_KEY] === undefined ? undefined : parseMasterKey(environment[RECORD_KEY], RECORD_KEY).key;
