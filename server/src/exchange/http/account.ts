import { listingOf } from '../core/listing.ts';
import type { AccountSettings } from '../core/state.ts';
import { isRecord } from '../streams/socket.ts';
import { accountJson, assetJson, configurationsJson } from '../wire.ts';
import { listIn, symbolIn } from './orders.ts';
import { badQuery, notFoundReply, ok } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

function account({ host, core, accountId }: Call): Reply {
  return ok(accountJson(core.account(accountId), core.figures(accountId), host.venue.now));
}

/** The broker's asset attributes that this exchange knows, and those that it has none of. */
function assets({ host, core, query }: Call): Reply {
  const wanted = (name: string): string | undefined => query.get(name) ?? undefined;
  const [status, assetClass, exchange] = [wanted('status'), wanted('asset_class'), wanted('exchange')];
  if (status !== undefined && status !== 'active' && status !== 'inactive') return badQuery(`invalid status: ${status.slice(0, 40)}`);
  const attributes = listIn(query, 'attributes');
  const rows = [...host.options.instruments.keys()].flatMap((symbol) => {
    const listing = listingOf(core.state, core.options, symbol);
    return listing === undefined ? [] : [assetJson(listing)];
  });
  return ok(
    rows.filter(
      (row) =>
        (status === undefined || row.status === status) &&
        (assetClass === undefined || row.class === assetClass) &&
        (exchange === undefined || row.exchange === exchange) &&
        attributes.every((attribute) => row.attributes.includes(attribute)),
    ),
  );
}

function asset({ host, core, params: [symbolOrId = ''] }: Call): Reply {
  const listing = listingOf(core.state, core.options, symbolIn(host, symbolOrId));
  return listing === undefined ? notFoundReply(`asset not found for ${symbolOrId}`) : ok(assetJson(listing));
}

const configurations = ({ core, accountId }: Call): Reply => ok(configurationsJson(core.account(accountId).settings));

const MULTIPLIERS = { '1': 1, '2': 2, '4': 4 } as const;
const multiplierOf = (value: unknown): 1 | 2 | 4 | undefined =>
  value === '1' || value === '2' || value === '4' ? MULTIPLIERS[value] : undefined;
const levelOf = (value: unknown): 0 | 1 | 2 | 3 | undefined =>
  value === 0 || value === 1 || value === 2 || value === 3 ? value : undefined;
const flagOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
const mailOf = (value: unknown): 'all' | 'none' | undefined => (value === 'all' || value === 'none' ? value : undefined);

/** What an account's owner may set, under the names of the interface. */
const OWNERS: Readonly<Record<string, { readonly name: keyof AccountSettings; readonly read: (value: unknown) => unknown }>> = {
  fractional_trading: { name: 'fractionalTrading', read: flagOf },
  max_margin_multiplier: { name: 'maxMultiplier', read: multiplierOf },
  max_options_trading_level: { name: 'maxOptionsLevel', read: levelOf },
  no_shorting: { name: 'noShorting', read: flagOf },
  suspend_trade: { name: 'suspendTrade', read: flagOf },
  disable_overnight_trading: { name: 'disableOvernight', read: flagOf },
  ptp_no_exception_entry: { name: 'ptpNoExceptionEntry', read: flagOf },
  trade_confirm_email: { name: 'tradeConfirmEmail', read: mailOf },
};

async function configure(call: Call): Promise<Reply> {
  const { host, accountId, body } = call;
  if (!isRecord(body)) return badQuery('request body must be a JSON object');
  const change: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(body)) {
    const owner = OWNERS[field];
    if (owner === undefined) return badQuery(`unknown configuration: ${field.slice(0, 40)}`);
    const parsed = owner.read(value);
    if (parsed === undefined) return badQuery(`invalid ${field}`);
    change[owner.name] = parsed;
  }
  await host.account(accountId, { kind: 'settings', change });
  return configurations(call);
}

export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/account$/, handler: account },
  { method: 'GET', path: /^\/v2\/account\/configurations$/, handler: configurations },
  { method: 'PATCH', path: /^\/v2\/account\/configurations$/, handler: configure },
  { method: 'GET', path: /^\/v2\/assets$/, handler: assets },
  { method: 'GET', path: /^\/v2\/assets\/([^/]+)$/, handler: asset },
];
