import { toNumber } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import type { Conversion, CorporateAction } from '../core/corporate-actions.ts';
import { limitIn, listIn } from './orders.ts';
import { badDataQuery, ok } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;
/** All lists of the interface; this exchange fills some of them. */
const KINDS = [
  'cash_dividends',
  'forward_splits',
  'reverse_splits',
  'stock_dividends',
  'unit_splits',
  'spin_offs',
  'cash_mergers',
  'stock_mergers',
  'stock_and_cash_mergers',
  'name_changes',
  'redemptions',
  'worthless_removals',
  'rights_distributions',
  'partial_calls',
  'reorganizations',
] as const;
type Kind = (typeof KINDS)[number];

const kindOf = (action: CorporateAction): Kind => {
  if (action.kind === 'cash-dividend') return 'cash_dividends';
  if (action.kind === 'spin-off') return 'spin_offs';
  if (action.kind === 'name-change') return 'name_changes';
  if (action.kind === 'merger') {
    if (action.shares === undefined) return 'cash_mergers';
    return action.cash === undefined ? 'stock_mergers' : 'stock_and_cash_mergers';
  }
  return action.newRate > action.oldRate ? 'forward_splits' : 'reverse_splits';
};

function conversionJson(action: Conversion) {
  const { id, symbol, exDate } = action;
  const dates = { process_date: exDate, payable_date: exDate };
  if (action.kind === 'name-change')
    return { id, old_symbol: symbol, old_cusip: '', new_symbol: action.newSymbol, new_cusip: '', ...dates };
  if (action.kind === 'spin-off') {
    const { newSymbol, newRate, oldRate } = action;
    const rates = { new_symbol: newSymbol, new_cusip: '', new_rate: Number(newRate), source_rate: Number(oldRate) };
    return { id, source_symbol: symbol, source_cusip: '', ...rates, ex_date: exDate, ...dates };
  }
  const { shares, cash } = action;
  const old = { id, acquiree_symbol: symbol, acquiree_cusip: '', effective_date: exDate, ...dates };
  if (shares === undefined) return { ...old, rate: toNumber(cash ?? (0n as Price)) };
  const rates = { acquirer_rate: Number(shares.newRate), acquiree_rate: Number(shares.oldRate) };
  const stock = { ...old, ...rates, acquirer_symbol: shares.newSymbol, acquirer_cusip: '' };
  return cash === undefined ? stock : { ...stock, cash_rate: toNumber(cash) };
}

function actionJson(action: CorporateAction) {
  const { id, symbol, exDate } = action;
  const dates = { ex_date: exDate, record_date: exDate, payable_date: exDate, process_date: exDate };
  if (action.kind === 'cash-dividend')
    return { id, symbol, cusip: '', rate: toNumber(action.rate), special: false, foreign: false, ...dates };
  if (action.kind !== 'split') return conversionJson(action);
  const rates = { new_rate: Number(action.newRate), old_rate: Number(action.oldRate) };
  if (kindOf(action) === 'forward_splits') return { id, symbol, cusip: '', ...rates, ...dates };
  return { id, symbol, old_cusip: '', new_cusip: '', new_symbol: symbol, ...rates, ...dates };
}

/** `type` as the query names it: a singular of the list's name. */
const named = (types: readonly string[], kind: Kind): boolean => types.length === 0 || types.includes(kind.replace(/s$/, ''));

function corporateActions({ core, query }: Call): Reply {
  const limit = limitIn(query, 'limit', LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === undefined) return badDataQuery(`limit must be between 1 and ${LIMIT_MAX}`);
  const [symbols, types, ids] = ['symbols', 'types', 'ids'].map((name) => listIn(query, name));
  const [start, end] = [query.get('start') ?? '', query.get('end') ?? '9999'];
  const sort = query.get('sort') ?? 'asc';
  if (sort !== 'asc' && sort !== 'desc') return badDataQuery(`invalid sort: ${sort.slice(0, 20)}`);
  const among = (list: readonly string[] | undefined, value: string): boolean =>
    list === undefined || list.length === 0 || list.includes(value);
  const found = core.state.corporateActions
    .filter((action) => among(symbols, action.symbol) && named(types ?? [], kindOf(action)) && among(ids, action.id))
    .filter(({ exDate }) => exDate >= start && exDate <= end)
    .toSorted((left, right) => left.exDate.localeCompare(right.exDate) * (sort === 'asc' ? 1 : -1));
  const skip = Number(query.get('page_token') ?? 0);
  if (!Number.isInteger(skip) || skip < 0) return badDataQuery('invalid page_token');
  const page = found.slice(skip, skip + limit);
  const lists: Partial<Record<Kind, unknown[]>> = {};
  for (const action of page) (lists[kindOf(action)] ??= []).push(actionJson(action));
  return ok({ corporate_actions: lists, next_page_token: skip + limit < found.length ? String(skip + limit) : null });
}

export const corporateActionRoutes: readonly Route[] = [{ method: 'GET', path: /^\/v1\/corporate-actions$/, handler: corporateActions }];
