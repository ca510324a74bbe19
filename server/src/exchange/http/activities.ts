import { newYorkDate } from '../../instruments/calendar.ts';
import type { Instant } from '../../money/instant.ts';
import type { AccountState } from '../core/state.ts';
import { activityId, activityJson, chargeJson, entryJson } from '../wire.ts';
import { limitIn, listIn } from './orders.ts';
import { spanOf } from './query.ts';
import { badQuery, ok } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

const PAGE_MAX = 100;
const CATEGORIES = { trade_activity: true, non_trade_activity: false } as const;

interface Row {
  readonly id: string;
  readonly sequence: number;
  readonly at: Instant;
  readonly type: string;
  readonly show: () => unknown;
}

/** Everything in an account's book that the list shows. Busts and corrections are told by the events, and by the fills that they leave. */
function rowsOf({ executions, charges, entries }: AccountState): readonly Row[] {
  const superseded = new Set(executions.flatMap(({ amends }) => amends?.previousId ?? []));
  const fills = executions.filter(({ id, amends }) => !superseded.has(id) && amends?.kind !== 'trade_bust');
  return [
    ...fills.map((fill) => ({ ...pick(fill), type: 'FILL', show: () => activityJson(fill) })),
    ...charges.map((charge) => ({ ...pick(charge), type: 'FEE', show: () => chargeJson(charge) })),
    ...entries.map((entry) => ({ ...pick(entry), type: entry.type, show: () => entryJson(entry) })),
  ].sort((left, right) => left.sequence - right.sequence);
}

const pick = ({ id, sequence, at }: Pick<Row, 'id' | 'sequence' | 'at'>): Pick<Row, 'id' | 'sequence' | 'at'> => ({ id, sequence, at });

const OPTION_ENDS: ReadonlySet<string> = new Set(['OPEXP', 'OPEXC', 'OPASN', 'OPTRD']);

/** Of an earlier day in New York. */
const isBefore = (at: Instant, now: Instant): boolean => newYorkDate(at) < newYorkDate(now);

/** The types that a query wants; `undefined` for all, a sentence for a query that is not valid. */
function wantedTypes(query: URLSearchParams, type: string | undefined): ((row: Row) => boolean) | string {
  const types = type === undefined ? listIn(query, 'activity_types') : type.split(',');
  const category = query.get('category');
  if (category === null) return (row) => types.length === 0 || types.includes(row.type);
  if (types.length > 0) return 'activity_types and category exclude each other';
  const trades = CATEGORIES[category === 'trade_activity' ? category : 'non_trade_activity'];
  if (!(category in CATEGORIES)) return `invalid category: ${category.slice(0, 40)}`;
  return (row) => (row.type === 'FILL') === trades;
}

function activities({ core, host, accountId, query, params: [type] }: Call): Reply {
  const wanted = wantedTypes(query, type);
  const span = spanOf(query);
  if (typeof wanted === 'string') return badQuery(wanted);
  if (typeof span === 'string') return badQuery(span);
  const size = limitIn(query, 'page_size', PAGE_MAX, PAGE_MAX);
  if (size === undefined) return badQuery(`page_size must be between 1 and ${PAGE_MAX}`);
  const direction = query.get('direction') ?? 'desc';
  if (direction !== 'asc' && direction !== 'desc') return badQuery(`invalid direction: ${direction}`);
  const isListed = (row: Row): boolean => !core.options.optionEndsNextDay || !OPTION_ENDS.has(row.type) || isBefore(row.at, host.venue.now);
  const found = rowsOf(core.account(accountId)).filter((row) => wanted(row) && isListed(row) && row.at > span.after && row.at < span.until);
  return pageOf(direction === 'asc' ? found : found.toReversed(), query.get('page_token'), size);
}

function pageOf(rows: readonly Row[], token: string | null, size: number): Reply {
  const start = token === null ? 0 : rows.findIndex((row) => activityId(row) === token) + 1;
  if (token !== null && start === 0) return badQuery('page_token is not the id of an activity in this list');
  return ok(rows.slice(start, start + size).map((row) => row.show()));
}

export const activityRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/account\/activities$/, handler: activities },
  { method: 'GET', path: /^\/v2\/account\/activities\/([^/]+)$/, handler: activities },
];
