import type { AlpacaEndpoint } from '../market-data/providers/alpaca-client.ts';
import { UsageError } from './usage.ts';

/**
 * Which broker to speak to; `undefined` means: none was named, use a simulated exchange of our own. Keys come from the environment, never from
 * the command line, which other users of the machine can read.
 */
export function endpointOf(exchange: string, exchangeUrl: string | undefined, environment: NodeJS.ProcessEnv): AlpacaEndpoint | undefined {
  const keyId = environment['APCA_API_KEY_ID'];
  const secret = environment['APCA_API_SECRET_KEY'];
  if (exchange === 'simulated') {
    const url = exchangeUrl ?? environment['TIDEMARK_EXCHANGE_URL'];
    if (url === undefined) return undefined;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new UsageError(`--exchange-url is "${url}"; it must be like http://127.0.0.1:4100`);
    return { mode: 'simulated', keyId: keyId ?? 'tidemark', secret: secret ?? 'simulated', baseUrl: url.replace(/\/$/, '') };
  }
  if (exchangeUrl !== undefined) throw new UsageError('--exchange-url is for --exchange simulated only');
  if (exchange === 'alpaca-live') throw new UsageError('A live account is for the command serve alone: use alpaca-paper or simulated');
  if (exchange !== 'alpaca-paper') throw new UsageError(`--exchange is "${exchange}"; it must be simulated, alpaca-paper or alpaca-live`);
  if (!keyId || !secret) throw new UsageError('Alpaca needs keys: set APCA_API_KEY_ID and APCA_API_SECRET_KEY to a paper key pair');
  // The broker names its keys after the account they open: AK… is real money.
  if (/^AK/i.test(keyId))
    throw new UsageError('APCA_API_KEY_ID is the key of a live account (AK…): alpaca-paper starts with paper keys (PK…) only');
  return { mode: 'paper', keyId, secret };
}

/** As {@link endpointOf}; where nothing is named, keys in the environment mean Alpaca. */
export function namedEndpoint(
  exchange: string | undefined,
  exchangeUrl: string | undefined,
  environment: NodeJS.ProcessEnv,
): AlpacaEndpoint | undefined {
  const hasKeys =
    environment['APCA_API_KEY_ID'] !== undefined && exchangeUrl === undefined && environment['TIDEMARK_EXCHANGE_URL'] === undefined;
  return endpointOf(exchange ?? (hasKeys ? 'alpaca-paper' : 'simulated'), exchangeUrl, environment);
}
