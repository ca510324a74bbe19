import { fileURLToPath } from 'node:url';
import type { AccountSettings } from '../../graphql/capabilities/accounts.ts';
import type { ServerOptions } from '../../platform/http.ts';
import { COMMAND_DOCUMENTS } from '../config/documents.ts';

export interface ListeningOptions {
  /** Loopback and plain HTTP where absent. */
  readonly listening?: Pick<ServerOptions, 'tls' | 'allowedHosts' | 'dashboards'> & { readonly host: string | undefined };
  /** How people reach this server and log in. */
  readonly accounts?: AccountSettings | undefined;
  /** What they and their programs may ask, and how much: the defaults where absent. */
  readonly operations?: ServerOptions['operations'];
}

const WEB_BUILD = fileURLToPath(new URL('../../../../web/build/', import.meta.url));
const DOCUMENT_MANIFEST = fileURLToPath(new URL('../../../../schema/generated/trusted-documents.json', import.meta.url));
const DOCS_BUILD = fileURLToPath(new URL('../../../../site/build/', import.meta.url));

/** Where the server listens, under which names, and what it shows beside the API. */
export function listeningOf({
  listening: { host, allowedHosts = [], ...tls } = { host: undefined },
  accounts,
  operations,
}: ListeningOptions) {
  const publicHost = accounts?.publicOrigin?.hostname;
  return {
    ...tls,
    ...(host === undefined ? {} : { host }),
    allowedHosts: [...allowedHosts, ...(publicHost === undefined ? [] : [publicHost])],
    webBuild: WEB_BUILD,
    docsBuild: DOCS_BUILD,
    documentManifest: DOCUMENT_MANIFEST,
    commandDocuments: COMMAND_DOCUMENTS,
    operations,
  };
}

/** Where a browser finds it: every address of the machine is none of a link. */
export function linkOrigin(url: string, listening: ListeningOptions['listening']): string {
  const [name] = listening?.allowedHosts ?? [];
  if (listening?.host === undefined || name === undefined) return url;
  const link = new URL(url);
  link.hostname = name;
  return link.origin;
}
