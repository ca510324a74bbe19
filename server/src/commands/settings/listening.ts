import { isSafeUrl } from '../safe-url.ts';
import { UsageError } from '../usage.ts';

export interface Listening {
  readonly host: string | undefined;
  readonly allowedHosts: readonly string[];
  /** Origins of dashboards that stand elsewhere. */
  readonly dashboards: readonly string[];
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;
const CERTIFICATE = 'TIDEMARK_TLS_CERTIFICATE';
const KEY = 'TIDEMARK_TLS_KEY';
const NAMES = 'TIDEMARK_ALLOWED_HOSTS';
const DASHBOARDS = 'TIDEMARK_DASHBOARD_ORIGINS';

const listed = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));

/** An origin as browsers send it, from which nobody on the way can read. */
function isDashboardOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.origin === text && isSafeUrl(url);
}

/** Where the server listens, under which names, and how: from the environment and the flag `--host`. Throws {@link UsageError}. */
export function readListening(host: string | undefined, environment: NodeJS.ProcessEnv): Listening {
  const { [CERTIFICATE]: certificateFile, [KEY]: keyFile, [NAMES]: names, [DASHBOARDS]: origins } = environment;
  if ((certificateFile === undefined) !== (keyFile === undefined))
    throw new UsageError(
      `${certificateFile === undefined ? CERTIFICATE : KEY} is not set: TLS needs a certificate and its key, each a path of a PEM file`,
    );
  const allowedHosts = listed(names);
  const bad = allowedHosts.find((each) => !NAME.test(each));
  if (bad !== undefined) throw new UsageError(`${NAMES} holds "${bad}"; it is a list of names without ports, like desk.example.com`);
  const dashboards = listed(origins);
  const notOne = dashboards.find((each) => !isDashboardOrigin(each));
  if (notOne !== undefined)
    throw new UsageError(`${DASHBOARDS} holds "${notOne}"; it is a list of origins without a path, like https://desk.example.com`);
  const tls = certificateFile === undefined || keyFile === undefined ? undefined : { certificateFile, keyFile };
  if (host !== undefined && !LOOPBACK.test(host) && tls === undefined)
    throw new UsageError(
      `--host ${host} is outside of this machine, where passwords and keys would be readable on the way: set ${CERTIFICATE} and ${KEY}, or leave TLS to a proxy and listen on loopback`,
    );
  if (host !== undefined && !LOOPBACK.test(host) && allowedHosts.length === 0)
    throw new UsageError(`--host ${host} needs ${NAMES}: the names under which browsers come, like desk.example.com`);
  return { host, allowedHosts, dashboards, tls };
}
