import type { SessionTimes } from '../accounts/session-service.ts';
import { MASTER_KEY, parseMasterKey } from '../accounts/broker-keys/master-key.ts';
import type { MasterKey } from '../accounts/broker-keys/master-key.ts';
import { UsageError } from './usage.ts';

const HOUR_MS = 3_600_000;

export interface AccountOptions {
  readonly publicOrigin?: string;
  readonly sessionIdleHours: number;
  readonly sessionDays: number;
}

export interface ReadAccountSettings {
  readonly times: SessionTimes;
  readonly publicOrigin: URL | undefined;
  readonly master: MasterKey | undefined;
}

/** Only https: a session's cookie goes over no wire that others can read. */
function readOrigin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const example = 'Give scheme and name alone, as in https://tidemark.example';
  if (url === undefined) throw new UsageError(`The public origin "${text}" is no address. ${example}`);
  if (url.protocol !== 'https:')
    throw new UsageError(`The public origin "${text}" is not https, and a log-in over it could be read on the way. ${example}`);
  if (`${url.origin}/` !== url.href) throw new UsageError(`The public origin "${text}" is more than an origin. ${example}`);
  return url;
}

/** How people reach the server and how long a log-in lasts. Throws {@link UsageError}, and `KeysRefused` where the master key is none. */
export function accountSettings(
  { publicOrigin, sessionIdleHours, sessionDays }: AccountOptions,
  environment: NodeJS.ProcessEnv,
): ReadAccountSettings {
  const origin = publicOrigin ?? environment['TIDEMARK_PUBLIC_ORIGIN'];
  const times = { idleMs: sessionIdleHours * HOUR_MS, totalMs: sessionDays * 24 * HOUR_MS };
  if (times.idleMs > times.totalMs)
    throw new UsageError(
      `A log-in cannot wait ${sessionIdleHours} hours and end after ${sessionDays} days: --session-idle-hours is the smaller one`,
    );
  if (times.totalMs > 90 * 24 * HOUR_MS) throw new UsageError('--session-days is at most 90: whoever comes back later logs in again');
  const master = environment[MASTER_KEY] ? parseMasterKey(environment[MASTER_KEY]) : undefined;
  return { times, publicOrigin: origin === undefined || origin === '' ? undefined : readOrigin(origin), master };
}
