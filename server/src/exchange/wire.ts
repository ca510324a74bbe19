import { format, price, ratio } from '../money/fixed.ts';
import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, add, negate, priceOf, scale, share, subtract, ZERO_MONEY } from '../money/money.ts';
import { derivedId } from './core/identity.ts';
import { APPROVED_LEVEL } from './core/option-orders.ts';
import { worth } from './core/option-terms.ts';
import type { AssetClass } from './host.ts';
import { legFillsJson, legJson, NO_ASSET } from './option-wire.ts';
import type { AccountFigures } from './core/margin.ts';
import type { AccountSettings, AccountState } from './core/state.ts';
import type { Listing } from './core/listing.ts';
import type { Charge, Entry, Execution, VenueEvent, VenueOrder, VenuePosition } from './core/types.ts';
import type { VenueBar } from './market/laps.ts';
import { STEPS_PER_SLICE } from './market/replay.ts';

const ZONE = 'America/New_York';
const EXCHANGE = 'SIM';

export const rfc3339 = (at: Instant): string => new Date(at).toISOString();
const stamp = (at: Instant | undefined): string | null => (at === undefined ? null : rfc3339(at));
const text = (value: Money | Price | Quantity | undefined): string | null => (value === undefined ? null : format(value));

/** A timestamp with New York's offset, as the clock tells it. */
export const newYorkStamp = (at: Instant): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE).toString({ timeZoneName: 'never' });

export const assetId = (symbol: string): string => derivedId('asset', symbol);

const averagePrice = (order: VenueOrder): string | null =>
  order.filledQuantity === 0n ? null : format(priceOf(order.filledNotional, order.filledQuantity));

/** Percent as text, from a fraction. */
const percent = (fraction: Ratio | undefined): string | null => (fraction === undefined ? null : format(scale(fraction, ratio('100'))));

/** An order as the REST interface and the stream show it. `legs` where the caller wants them shown under it. */
export const orderJson = (order: VenueOrder, assetClass: AssetClass, legs: readonly VenueOrder[] = []): OrderJson => ({
  id: order.id,
  client_order_id: order.clientOrderId,
  created_at: rfc3339(order.createdAt),
  updated_at: rfc3339(order.updatedAt),
  submitted_at: rfc3339(order.createdAt),
  filled_at: stamp(order.filledAt),
  expired_at: stamp(order.expiredAt),
  expires_at: rfc3339(order.expiresAt),
  cancel_requested_at: stamp(order.cancelRequestedAt),
  canceled_at: stamp(order.canceledAt),
  failed_at: stamp(order.failedAt),
  replaced_at: stamp(order.replacedAt),
  replaced_by: order.replacedBy ?? null,
  replaces: order.replaces ?? null,
  asset_id: order.legs === undefined ? assetId(order.symbol) : NO_ASSET,
  symbol: order.symbol,
  asset_class: assetClass,
  notional: text(order.notional),
  qty: order.notional === undefined ? format(order.quantity) : null,
  filled_qty: format(order.filledQuantity),
  filled_avg_price: averagePrice(order),
  order_class: order.legs !== undefined ? 'mleg' : order.orderClass === undefined || order.orderClass === 'simple' ? '' : order.orderClass,
  order_type: order.type,
  type: order.type,
  side: order.side,
  position_intent: order.positionIntent,
  time_in_force: order.timeInForce,
  limit_price: text(order.limitPrice),
  stop_price: text(order.stopPrice),
  status: order.status,
  extended_hours: order.extendedHours,
  legs: order.legs?.map((leg) => legJson(order, leg)) ?? (legs.length === 0 ? null : legs.map((leg) => orderJson(leg, assetClass))),
  ratio_qty: null,
  trail_percent: percent(order.trailPercent),
  trail_price: text(order.trailPrice),
  hwm: text(order.highWater),
  subtag: null,
  source: null,
});

type Shown = string | boolean | null;
export type OrderJson = { readonly [name: string]: Shown | readonly OrderJson[] };

/** The `data` of a `trade_updates` message. */
export const tradeUpdateJson = (
  { kind, order, execution, legs, net, at, sequence }: VenueEvent,
  assetClass: AssetClass,
  venueId: string,
) => ({
  event: kind,
  at: rfc3339(at),
  timestamp: rfc3339(at),
  event_id: `${at.toString().padStart(14, '0')}-${sequence.toString().padStart(12, '0')}`,
  execution_id: kind === 'pending_new' ? null : (execution?.id ?? derivedId(venueId, 'event', sequence)),
  ...(execution === undefined
    ? {}
    : { price: format(execution.price), qty: format(execution.quantity), position_qty: format(execution.positionAfter) }),
  ...(legs === undefined || net === undefined
    ? {}
    : {
        price: format(net),
        qty: format(order.quantity),
        position_qtys: Object.fromEntries(legs.map(({ symbol, positionAfter }) => [symbol, format(positionAfter)])),
        legs: legFillsJson(order, legs),
      }),
  order: orderJson(order, assetClass),
});

export const accountNumber = (accountId: string): string => `SIM${accountId.replaceAll('-', '').slice(0, 9).toUpperCase()}`;

/** `GET /v2/account`. */
export const accountJson = (account: AccountState, figures: AccountFigures, now: Instant) => ({
  id: account.id,
  account_number: accountNumber(account.id),
  status: account.settings.status,
  crypto_status: account.settings.status,
  currency: 'USD',
  cash: format(figures.cash),
  equity: format(figures.equity),
  portfolio_value: format(figures.equity),
  last_equity: format(account.lastEquity),
  balance_asof: rfc3339(now).slice(0, 10),
  long_market_value: format(figures.longMarketValue),
  short_market_value: format(figures.shortMarketValue),
  position_market_value: format(subtract(figures.longMarketValue, figures.shortMarketValue)),
  initial_margin: format(figures.initialMargin),
  maintenance_margin: format(figures.maintenanceMargin),
  last_maintenance_margin: format(account.lastMaintenance),
  sma: format(figures.equity),
  multiplier: String(figures.multiplier),
  buying_power: format(figures.buyingPower),
  effective_buying_power: format(figures.buyingPower),
  regt_buying_power: format(figures.regulationTBuyingPower),
  non_marginable_buying_power: format(nonMarginable(figures)),
  options_buying_power: format(figures.optionsBuyingPower),
  options_approved_level: APPROVED_LEVEL,
  options_trading_level: Math.min(APPROVED_LEVEL, account.settings.maxOptionsLevel),
  accrued_fees: format(account.accruedFees),
  pending_reg_taf_fees: '0',
  pending_transfer_in: '0',
  pending_transfer_out: '0',
  intraday_adjustments: '0',
  account_blocked: account.settings.accountBlocked,
  trading_blocked: account.settings.tradingBlocked,
  transfers_blocked: account.settings.transfersBlocked,
  trade_suspended_by_user: account.settings.suspendTrade,
  shorting_enabled: figures.multiplier > 1 && !account.settings.noShorting,
  created_at: rfc3339(account.createdAt),
  admin_configurations: {},
  user_configurations: configurationsJson(account.settings),
});

/** `GET /v2/account/configurations`. */
export const configurationsJson = (settings: AccountSettings) => ({
  fractional_trading: settings.fractionalTrading,
  max_margin_multiplier: String(settings.maxMultiplier),
  max_options_trading_level: settings.maxOptionsLevel,
  no_shorting: settings.noShorting,
  suspend_trade: settings.suspendTrade,
  disable_overnight_trading: settings.disableOvernight,
  ptp_no_exception_entry: settings.ptpNoExceptionEntry,
  trade_confirm_email: settings.tradeConfirmEmail,
});

const nonMarginable = (figures: AccountFigures): Money => {
  const free = subtract(add(figures.cash, figures.shortMarketValue), figures.reserved);
  return free < 0n ? ZERO_MONEY : free;
};

/** A position; `last` is the newest price, `previous` the price at the last close. */
export function positionJson(position: VenuePosition, last: Price, previous: Price, available: Quantity, assetClass: AssetClass) {
  const { quantity, averagePrice, dayAveragePrice, symbol } = position;
  const value = worth(symbol, quantity, last);
  const cost = worth(symbol, quantity, averagePrice);
  const dayCost = worth(symbol, quantity, dayAveragePrice);
  const gain = subtract(value, cost);
  const dayGain = subtract(value, dayCost);
  const long = quantity > 0n;
  return {
    asset_id: assetId(symbol),
    symbol,
    exchange: EXCHANGE,
    asset_class: assetClass,
    asset_marginable: assetClass !== 'us_option',
    qty: format(quantity),
    qty_available: format(long ? available : negate(available)),
    avg_entry_price: format(averagePrice),
    side: long ? 'long' : 'short',
    market_value: format(value),
    cost_basis: format(cost),
    unrealized_pl: format(gain),
    unrealized_plpc: format(share(gain, abs(cost)) ?? price('0')),
    unrealized_intraday_pl: format(dayGain),
    unrealized_intraday_plpc: format(share(dayGain, abs(dayCost)) ?? price('0')),
    current_price: format(last),
    lastday_price: format(previous),
    change_today: format(share(subtract(last, previous), previous) ?? price('0')),
  };
}

/** The id of a row of the account's activities: sorts by time, then by arrival. */
export const activityId = (row: { readonly id: string; readonly sequence: number; readonly at: number }): string => {
  const digits = rfc3339(row.at as Instant).replaceAll(/\D/g, '');
  return `${digits}::${row.sequence.toString().padStart(10, '0')}-${row.id}`;
};

/** A FILL row. */
export const activityJson = (execution: Execution) => ({
  id: activityId(execution),
  activity_type: 'FILL',
  transaction_time: rfc3339(execution.at),
  type: execution.kind,
  price: format(execution.price),
  qty: format(execution.quantity),
  side: execution.side,
  symbol: execution.symbol,
  leaves_qty: format(execution.leaves),
  cum_qty: format(execution.cumulative),
  order_id: execution.orderId,
  order_status: execution.leaves === 0n ? 'filled' : 'partially_filled',
  execution_id: execution.id,
});

/** A row of what is neither a fill nor a fee: a dividend, a split. */
export const entryJson = (entry: Entry) => ({
  id: activityId(entry),
  activity_type: entry.type,
  activity_sub_type: entry.subType ?? null,
  date: newYorkStamp(entry.at).slice(0, 10),
  net_amount: format(entry.amount),
  symbol: entry.symbol,
  cusip: null,
  qty: format(entry.quantity),
  per_share_amount: text(entry.perShare),
  description: entry.description,
  group_id: entry.groupId,
  currency: 'USD',
  status: 'executed',
  created_at: rfc3339(entry.at),
});

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_LETTERS = 10;
const COUNT_LETTERS = 16;

function letters(value: number, count: number): string {
  let rest = value;
  let found = '';
  for (let place = 0; place < count; place++) {
    found = (CROCKFORD[rest % CROCKFORD.length] ?? '0') + found;
    rest = Math.floor(rest / CROCKFORD.length);
  }
  return found;
}

/** A ULID that follows from the time and the sequence number: sorts as the rows do. */
export const eventIdOf = ({ at, sequence }: { readonly at: number; readonly sequence: number }): string =>
  letters(at, TIME_LETTERS) + letters(sequence, COUNT_LETTERS);

/** What all events of an account's activities have. */
const eventHead = (row: { readonly id: string; readonly at: Instant; readonly sequence: number }) => ({
  event_id: eventIdOf(row),
  at: rfc3339(row.at),
  executed_at: rfc3339(row.at),
  settle_date: newYorkStamp(row.at).slice(0, 10),
  status: 'executed',
  currency: 'USD',
  ref_id: row.id,
  previous_id: null as string | null,
});

/** A trade, a bust or a correction as the events of activities tell it. */
export const tradeEventJson = (execution: Execution, order: VenueOrder | undefined, asset: string) => ({
  ...eventHead(execution),
  activity_type: 'FILL',
  activity_subtype: null,
  qty: format(execution.quantity),
  price: format(execution.price),
  net_amount: format(worth(execution.symbol, execution.side === 'buy' ? negate(execution.quantity) : execution.quantity, execution.price)),
  previous_id: execution.amends?.previousId ?? null,
  details: {
    execution_type: execution.amends?.kind ?? 'fill',
    order_id: execution.orderId,
    client_order_id: order?.clientOrderId ?? null,
    asset_id: asset,
    symbol: execution.symbol,
    cusip: null,
    side: execution.side,
    cum_qty: format(execution.cumulative),
    leaves_qty: format(execution.leaves),
    order_status: order?.status ?? null,
    commission: format(execution.commission),
  },
});

export const chargeEventJson = (charge: Charge) => ({
  ...eventHead(charge),
  activity_type: 'FEE',
  activity_subtype: null,
  qty: null,
  price: null,
  net_amount: format(negate(charge.amount)),
  details: {},
});

export const entryEventJson = (entry: Entry) => ({
  ...eventHead(entry),
  activity_type: entry.type,
  activity_subtype: entry.subType ?? null,
  qty: format(entry.quantity),
  price: text(entry.perShare),
  net_amount: format(entry.amount),
  details: { symbol: entry.symbol, group_id: entry.groupId, description: entry.description },
});

/** A FEE row: what regulators took of a day. */
export const chargeJson = (charge: Charge) => ({
  id: activityId(charge),
  activity_type: 'FEE',
  date: newYorkStamp(charge.at).slice(0, 10),
  net_amount: format(negate(charge.amount)),
  description: 'Regulatory fees of the day',
  status: 'executed',
  created_at: rfc3339(charge.at),
});

/** Attributes of an asset, by the broker's names. */
const attributesOf = (listing: Listing): readonly string[] => [
  ...(listing.ipo ? ['ipo'] : []),
  ...(listing.fractionalExtended ? ['fractional_eh_enabled'] : []),
  ...(listing.overnightTradable ? ['overnight_tradable'] : []),
  ...(listing.overnightHalted ? ['overnight_halted'] : []),
];

/** `GET /v2/assets/{symbol}`. */
export const assetJson = (listing: Listing) => ({
  id: assetId(listing.instrument.symbol),
  class: listing.instrument.assetClass,
  exchange: EXCHANGE,
  symbol: listing.instrument.symbol,
  name: listing.instrument.name,
  status: listing.active ? 'active' : 'inactive',
  tradable: listing.tradable,
  marginable: true,
  shortable: listing.shortable,
  easy_to_borrow: listing.borrow === 'easy_to_borrow',
  borrow_status: listing.borrow,
  fractionable: listing.fractionable,
  maintenance_margin_requirement: 30,
  margin_requirement_long: '30',
  margin_requirement_short: '30',
  attributes: attributesOf(listing),
  cusip: null,
  ...(listing.instrument.assetClass === 'crypto'
    ? {
        min_order_size: format(listing.instrument.lot),
        min_trade_increment: format(listing.instrument.lot),
        price_increment: format(listing.instrument.tick),
      }
    : {}),
});

/**
 * A bar with single-letter keys. The venue prints one trade a step, which `n` counts for one recorded bar; the volume-weighted price is not
 * recorded, so the typical price stands in its place.
 */
export const barJson = (bar: VenueBar) => ({
  t: rfc3339(bar.startAt).replace('.000Z', 'Z'),
  o: bar.open,
  h: bar.high,
  l: bar.low,
  c: bar.close,
  v: bar.volume,
  n: STEPS_PER_SLICE,
  vw: Math.round(((bar.high + bar.low + bar.close) / 3) * 1e6) / 1e6,
});
