/** Every fault that can be armed, with what it does in one sentence, and whether one occurrence is the default or it lasts. */
export const FAULTS = {
  // Answers over HTTP.
  'reset-before': { lasts: false, what: 'The connection is reset before the request is carried out.' },
  'reset-after': { lasts: false, what: 'The request is carried out, then the connection is reset instead of an answer.' },
  'slow-answer': { lasts: false, what: 'The request is carried out at once and answered after `ms`.' },
  'slow-request': { lasts: false, what: 'The request is carried out after `ms`.' },
  'rate-limit': { lasts: false, what: '429 with a reset header `ms` ahead; the request is not carried out.' },
  'error-html': { lasts: false, what: '502 with a page of HTML from the edge; the request is not carried out.' },
  'error-empty': { lasts: false, what: '503 without a body; the request is not carried out.' },
  'error-json': { lasts: false, what: '500 with the broker’s error body; the request is not carried out.' },
  'error-after': { lasts: false, what: 'The request is carried out and answered with 504.' },
  unauthorized: { lasts: false, what: '401, as if the keys had been revoked.' },
  'not-found': { lasts: false, what: '404 for something that is there, as just after a time-out.' },
  'malformed-body': { lasts: false, what: 'The answer’s JSON is cut in the middle.' },
  'missing-fields': { lasts: false, what: 'The `fields` are left out of the answer, at any depth.' },
  'new-fields': { lasts: false, what: 'Objects of the answer get fields that nobody knows.' },
  'unknown-status': { lasts: false, what: 'Orders in the answer have a status that nobody knows.' },
  'stale-reads': { lasts: true, what: 'Reads are answered from the moment at which this was armed.' },
  'clock-skew': { lasts: true, what: 'The clock that the exchange tells is `ms` away from its own.' },
  maintenance: { lasts: true, what: '503 for every request, streams closed, upgrades refused.' },
  // The account's stream.
  'drop-events': { lasts: false, what: 'An event is not sent.' },
  'duplicate-events': { lasts: false, what: 'An event is sent twice.' },
  'triple-events': { lasts: false, what: 'An event is sent three times.' },
  'replay-events': { lasts: false, what: 'After an event the `window` events before it are sent again.' },
  'reorder-events': { lasts: false, what: '`window` events are collected and sent in reverse; after `ms` those that there are.' },
  'delay-events': { lasts: false, what: 'An event is sent after `ms`.' },
  heartbeat: { lasts: false, what: 'The single byte 0x01 is sent before an event.' },
  'flip-frames': { lasts: false, what: 'An event is sent as text where it would be binary, and the reverse.' },
  'unknown-event': { lasts: false, what: 'Before an event one is sent whose kind nobody knows.' },
  'mute-stream': { lasts: true, what: 'Events are not sent; the connection answers pings.' },
  'error-then-close': { lasts: false, what: 'Instead of an event the stream sends an internal error and closes.' },
  'stream-unauthorized': { lasts: false, what: 'Authentication on the account’s stream is refused.' },
  'auth-silence': { lasts: false, what: 'Authentication on a stream is never answered.' },
  'refuse-upgrade': { lasts: false, what: 'A stream’s upgrade is answered with 429.' },
  // The data stream.
  'connection-limit': { lasts: false, what: '406 after authentication on the data stream, then closed.' },
  'connection-limit-open': { lasts: false, what: '406 after authentication on the data stream, which stays open.' },
  'auth-timeout': { lasts: false, what: '404 on the data stream instead of an answer to authentication.' },
  'symbol-limit': { lasts: false, what: '405 to a subscription, which changes nothing.' },
  'slow-client': { lasts: false, what: '407 on the data stream with the next prices, then closed.' },
  'mute-data': { lasts: true, what: 'Prices are not sent; the connection answers pings.' },
} as const satisfies Readonly<Record<string, { readonly lasts: boolean; readonly what: string }>>;

export type FaultKind = keyof typeof FAULTS;

/** A fault that is to happen: so many times, or to so large a share of the occasions, or for so long. */
export interface FaultSpec {
  readonly kind: FaultKind;
  /** How many occasions; unlimited for a fault that lasts. */
  readonly count: number;
  /** Share of the occasions that it happens on. */
  readonly rate: number;
  /** Only requests of this method, and whose path begins so; of streams the path alone. */
  readonly method: string | undefined;
  readonly path: string | undefined;
  /** How long an answer waits, a window lasts, or a clock is off. */
  readonly ms: number;
  /** How long the fault stays armed; for ever where absent. */
  readonly forMs: number | undefined;
  readonly window: number;
  readonly fields: readonly string[];
}

export class FaultSpecError extends Error {
  override readonly name = 'FaultSpecError';
}

const isKind = (value: unknown): value is FaultKind => typeof value === 'string' && Object.hasOwn(FAULTS, value);

function numberIn(given: Readonly<Record<string, unknown>>, name: string, fallback: number, least: number, most: number): number {
  const value = given[name] ?? fallback;
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new FaultSpecError(`${name} must be a number from ${least} to ${most}`);
  return value;
}

function textIn(given: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = given[name];
  if (value !== undefined && typeof value !== 'string') throw new FaultSpecError(`${name} must be text`);
  return value;
}

const KNOWN: ReadonlySet<string> = new Set(['kind', 'count', 'rate', 'method', 'path', 'ms', 'forMs', 'window', 'fields']);
const MS_DEFAULT = 200;
const WINDOW_DEFAULT = 3;
const DAY_MS = 86_400_000;

/** A fault as a request states it. Throws {@link FaultSpecError}. */
export function parseFault(given: Readonly<Record<string, unknown>>): FaultSpec {
  const { kind, fields = [] } = given;
  if (!isKind(kind)) throw new FaultSpecError(`kind must be one of ${Object.keys(FAULTS).join(', ')}`);
  const stranger = Object.keys(given).find((name) => !KNOWN.has(name));
  if (stranger !== undefined) throw new FaultSpecError(`${stranger.slice(0, 40)} is not a field of a fault`);
  if (!Array.isArray(fields) || !fields.every((field): field is string => typeof field === 'string'))
    throw new FaultSpecError('fields must be a list of names');
  const unlimited = FAULTS[kind].lasts || given['rate'] !== undefined || given['forMs'] !== undefined;
  return {
    kind,
    count: given['count'] === undefined && unlimited ? Number.POSITIVE_INFINITY : numberIn(given, 'count', 1, 1, 1_000_000),
    rate: numberIn(given, 'rate', 1, 0, 1),
    method: textIn(given, 'method')?.toUpperCase(),
    path: textIn(given, 'path'),
    ms: numberIn(given, 'ms', MS_DEFAULT, -DAY_MS, DAY_MS),
    forMs: given['forMs'] === undefined ? undefined : numberIn(given, 'forMs', 0, 1, DAY_MS),
    window: numberIn(given, 'window', WINDOW_DEFAULT, 1, 1000),
    fields,
  };
}
