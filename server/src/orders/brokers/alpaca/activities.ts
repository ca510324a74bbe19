import type { Instant } from '../../../money/instant.ts';
import { formatInstant } from '../../../money/instant.ts';
import type { BrokerActivity, BrokerAmendment } from '../../broker.ts';
import type { Connection } from './connection.ts';
import { eventsIn } from './event-text.ts';
import { parseActivities, parseAmendment } from './parse-activity.ts';

const PAGE = 100;
const DAY_MS = 86_400_000;

/** A refusal or a failure of the broker's, with its id of the request. */
class ActivitiesRefused extends Error {
  override readonly name = 'ActivitiesRefused';
}

async function answerOf(response: Response, what: string): Promise<string> {
  const body = await response.text();
  if (response.ok) return body;
  const request = response.headers.get('X-Request-ID');
  throw new ActivitiesRefused(`HTTP ${response.status}${request === null ? '' : `, request ${request}`}, ${what}: ${body.slice(0, 300)}`);
}

async function rowsSince({ ask }: Connection, since: Instant): Promise<readonly unknown[]> {
  const rows: { readonly id?: unknown }[] = [];
  const after = formatInstant((since > DAY_MS ? since - DAY_MS : 0) as Instant);
  for (let token: string | undefined; ;) {
    const query = new URLSearchParams({ category: 'non_trade_activity', after, direction: 'asc', page_size: String(PAGE) });
    if (token !== undefined) query.set('page_token', token);
    const page: unknown = JSON.parse(await answerOf(await ask(`/v2/account/activities?${query}`), 'the list of activities'));
    if (!Array.isArray(page)) throw new ActivitiesRefused('the list of activities is no list');
    rows.push(...(page as typeof rows));
    const last: unknown = rows.at(-1)?.id;
    token = typeof last === 'string' ? last : undefined;
    if (page.length < PAGE || token === undefined) return rows;
  }
}

/**
 * Reads what moved the account beside fills, oldest first. Rows are read as they come over the wire: the library's models leave fields of them out. Rows with a date alone
 * count from its beginning, so that the question begins a day early. One row that cannot be read is told, and holds up nothing else.
 */
export function activityReader(connection: Connection): (since: Instant) => Promise<readonly BrokerActivity[]> {
  const told = new Set<string>();
  const unread = (error: Error, row: unknown): void => {
    const text = JSON.stringify(row).slice(0, 300);
    if (told.has(text) || told.size >= TOLD_MAX) return;
    told.add(text);
    const detail = `${error.message}: ${text}. What it moved shows as a difference of cash or positions.`;
    connection.notice({
      code: 'ActivityUnread',
      subject: String(told.size),
      severity: 'critical',
      title: 'An activity of the account cannot be read',
      detail,
    });
  };
  const withParent = parentReader(connection);
  return async (since) => {
    const found = parseActivities(await rowsSince(connection, since), unread).filter(({ at }) => at >= since);
    const named = await Promise.all(found.map(async (activity) => (activity.kind === 'spin-off' ? await withParent(activity) : activity)));
    return named.filter((activity) => activity !== undefined);
  };
}

const PARENTS_UNREAD = {
  code: 'ParentsUnread',
  subject: 'activities',
  severity: 'warning',
  title: 'Spin-offs cannot be read',
} as const;
/** Rows are posted some days after a spin-off's own date at most. */
const DAYS_AROUND = 30;

type SpinOff = Extract<BrokerActivity, { kind: 'spin-off' }>;

/**
 * The row of a spin-off does not say which company the units come from: the list of corporate actions does, and is asked once for each. While it does not answer the
 * row waits, and its units show as a difference; one that is not in the list is passed on without.
 */
function parentReader({ alpaca, notice }: Connection): (activity: SpinOff) => Promise<SpinOff | undefined> {
  const parents = new Map<string, string | undefined>();
  const read = async ({ symbol, date }: SpinOff): Promise<string | undefined> => {
    const [start, end] = [-DAYS_AROUND, DAYS_AROUND].map((days) => new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS));
    const { corporateActions } = await alpaca.marketData.corporateActions.corporateActions({
      types: 'spin_off',
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
    });
    const sources = new Set(
      (corporateActions.spinOffs ?? []).filter(({ newSymbol }) => newSymbol === symbol).map((each) => each.sourceSymbol),
    );
    const [only, ...others] = sources;
    return others.length === 0 ? only : undefined;
  };
  return async (activity) => {
    try {
      if (!parents.has(activity.id)) parents.set(activity.id, await read(activity));
      const parent = parents.get(activity.id);
      return parent === undefined ? activity : { ...activity, parent };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      notice({
        ...PARENTS_UNREAD,
        detail: `${why}. Units of ${activity.symbol} show as a difference until the list of corporate actions answers.`,
      });
      return undefined;
    }
  };
}

const TOLD_MAX = 50;

const UNREADABLE = {
  code: 'AmendmentsUnread',
  subject: 'activities',
  severity: 'warning',
  title: 'Busts and corrections cannot be read',
} as const;

/**
 * Reads executions that were taken back or put right: told by the stream of activities alone, which is asked for what it told until now. An account that is not let to
 * it has a standing alert; a bust then shows as a difference of positions. What could not be read is asked for again.
 */
export function amendmentReader({ ask, notice, timers }: Connection): (since: Instant) => Promise<readonly BrokerAmendment[]> {
  let unread = false;
  const read = async (since: Instant): Promise<readonly BrokerAmendment[]> => {
    const query = new URLSearchParams({ since: formatInstant(since), until: formatInstant(timers.now()) });
    const body = await answerOf(await ask(`/v2beta1/events/activities?${query}`), 'the events of activities');
    return eventsIn(body).flatMap((event) => parseAmendment(event) ?? []);
  };
  return async (since) => {
    try {
      const found = await read(since);
      if (unread) notice({ ...UNREADABLE, detail: 'They are read again.', over: true });
      unread = false;
      return found;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const detail = `${why}. What the broker takes back or puts right shows as a difference until this can be read.`;
      if (!unread) notice({ ...UNREADABLE, detail });
      unread = true;
      return [];
    }
  };
}
