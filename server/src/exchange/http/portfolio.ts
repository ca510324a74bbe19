import { format, ratio, toNumber } from '../../money/fixed.ts';
import { share, subtract } from '../../money/money.ts';
import type { EquityPoint } from '../core/state.ts';
import { midnightOf, newYorkDateOf } from '../market/sessions.ts';
import { timeIn } from './query.ts';
import { badQuery, ok } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

const DAY_MS = 86_400_000;
const ZERO_RATIO = ratio('0');
const PERIOD = /^(\d{1,3})(D|W|M|A)$/;
const PERIOD_DAYS = { D: 1, W: 7, M: 31, A: 366 } as const;
const TIMEFRAMES: ReadonlySet<string> = new Set(['1Min', '5Min', '15Min', '1H', '1D']);

function startOf(query: URLSearchParams, end: number): number | string {
  const start = query.get('start') ?? query.get('date_start');
  if (start !== null) return timeIn(start);
  const period = query.get('period') ?? '1M';
  const [, count = '', unit = ''] = PERIOD.exec(period) ?? [];
  if (unit !== 'D' && unit !== 'W' && unit !== 'M' && unit !== 'A') return `invalid period: ${period.slice(0, 20)}`;
  return end - Number(count) * PERIOD_DAYS[unit] * DAY_MS;
}

/**
 * Equity at each close, and now. The exchange notes equity once a day: finer timeframes are taken, and show the points that there are.
 */
function history({ host, core, accountId, query }: Call): Reply {
  const { now } = host.venue;
  const timeframe = query.get('timeframe') ?? '1D';
  if (!TIMEFRAMES.has(timeframe)) return badQuery(`invalid timeframe: ${timeframe.slice(0, 20)}`);
  try {
    const end = Math.min(query.get('end') === null ? now : timeIn(query.get('end') ?? ''), now);
    const start = startOf(query, end);
    if (typeof start === 'string') return badQuery(start);
    const account = core.account(accountId);
    const points = [...account.history, { at: now, equity: core.figures(accountId).equity }];
    return ok(shownHistory(points, start, end, timeframe));
  } catch (error) {
    return badQuery(error instanceof Error ? error.message : 'invalid time');
  }
}

function shownHistory(points: readonly EquityPoint[], start: number, end: number, timeframe: string) {
  const inside = points.filter(({ at }) => at >= start && at <= end);
  const base = points.findLast(({ at }) => at < start) ?? points[0];
  if (base === undefined) throw new Error('Invariant: an account has had its first equity since it was opened');
  const gains = inside.map(({ equity }) => subtract(equity, base.equity));
  return {
    timestamp: inside.map(({ at }) => Math.floor((timeframe === '1D' ? midnightOf(newYorkDateOf(at)) : at) / 1000)),
    equity: inside.map(({ equity }) => toNumber(equity)),
    profit_loss: gains.map(toNumber),
    profit_loss_pct: gains.map((gain) => toNumber(share(gain, base.equity) ?? ZERO_RATIO)),
    base_value: Number(format(base.equity)),
    base_value_asof: newYorkDateOf(base.at),
    timeframe,
    cashflow: {},
  };
}

export const portfolioRoutes: readonly Route[] = [{ method: 'GET', path: /^\/v2\/account\/portfolio\/history$/, handler: history }];
