import { GraphQLError } from 'graphql';
import type { Principal } from '../../graphql/principal.ts';
import { RATE_DEFAULTS, RateLimits } from '../../graphql/rate-limits.ts';
import type { RateLimit, RateSettings } from '../../graphql/rate-limits.ts';
import { trustedDocuments } from './trusted-documents.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** `trusted`: people in a browser ask for nothing but the operations of the server's own programs. Keys may always ask for any. */
export const DOCUMENT_POLICIES = ['any', 'trusted'] as const;
export type DocumentPolicy = (typeof DOCUMENT_POLICIES)[number];

/** What operations may be, and how many of them. */
export interface OperationSettings {
  readonly documents: DocumentPolicy;
  readonly rates: RateSettings;
}
export const OPERATION_DEFAULTS: OperationSettings = { documents: 'any', rates: RATE_DEFAULTS };

/** How an operation says what it is: by its text, or by the id of a trusted document. */
export interface Asked {
  readonly query?: unknown;
  readonly documentId?: unknown;
}

/** What holds for every operation, over whichever transport it comes. */
export interface OperationRules {
  /** The text that is asked for; it is counted from here on. Throws why it is refused. */
  readonly textOf: (asked: Asked, principal: Principal | undefined) => unknown;
  readonly rates: RateLimits;
}

const refused = (code: string, status: number, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code, http: { status } } });

const unknownDocument = (): GraphQLError =>
  refused(
    'UNKNOWN_DOCUMENT',
    404,
    'The server knows no operation under this id: the dashboard is of another version than the server. Load the page again; write the files anew where it stands on a host of its own.',
  );

const untrustedDocument = (): GraphQLError =>
  refused(
    'UNTRUSTED_DOCUMENT',
    403,
    'This server takes the dashboard’s own operations alone from people who are logged in. Ask with an API key: keys may send any document.',
  );

/** An empty text stands for none: the protocol over WebSocket wants one in any case. */
const isAbsent = (text: unknown): boolean => text === undefined || text === null || text === '';

function readText({ query, documentId }: Asked, isFree: boolean, trusted: TrustedDocuments): unknown {
  if (documentId === undefined || documentId === null) {
    if (!isFree && typeof query === 'string' && !trusted.has(query)) throw untrustedDocument();
    return query;
  }
  if (typeof documentId !== 'string') throw refused('BAD_REQUEST', 400, 'A documentId is the text of an id, as "sha256:…".');
  // Nobody shall have to ask which of the two was run.
  if (!isAbsent(query)) throw refused('BAD_REQUEST', 400, 'Send a query or a documentId, not both.');
  const text = trusted.textOf(documentId);
  if (text === undefined) throw unknownDocument();
  return text;
}

export interface RuleOptions {
  readonly settings?: OperationSettings | undefined;
  /** None where absent: then nothing can be asked for by an id. */
  readonly trusted?: TrustedDocuments | undefined;
  readonly onRefused: (limit: RateLimit) => void;
}

/** The rules of one server: what was asked for is counted for as long as it runs. */
export function operationRules({ settings = OPERATION_DEFAULTS, trusted = trustedDocuments({}), onRefused }: RuleOptions): OperationRules {
  const rates = new RateLimits(settings.rates, onRefused);
  return {
    rates,
    textOf: (asked, principal) => {
      const isFree = settings.documents === 'any' || principal?.kind === 'api-key';
      const text = readText(asked, isFree, trusted);
      const problem = principal === undefined || typeof text !== 'string' ? undefined : rates.beforeParsing(principal, text);
      if (problem !== undefined) throw problem;
      return text;
    },
  };
}
