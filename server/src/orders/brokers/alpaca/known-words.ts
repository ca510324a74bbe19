/** Fields of an order as REST and streams tell it. */
const ORDER = `id client_order_id created_at updated_at submitted_at filled_at expired_at expires_at cancel_requested_at canceled_at failed_at
replaced_at replaced_by replaces asset_id symbol asset_class notional qty filled_qty filled_avg_price order_class order_type type side position_intent
time_in_force limit_price stop_price status extended_hours legs ratio_qty trail_percent trail_price hwm subtag source commission
advanced_instructions take_profit stop_loss`;

const UPDATE = `event order timestamp execution_id price qty position_qty position_qtys legs at event_id`;

const ACCOUNT = `id account_number status crypto_status currency cash equity portfolio_value last_equity balance_asof long_market_value
short_market_value position_market_value initial_margin maintenance_margin last_maintenance_margin sma multiplier buying_power regt_buying_power
non_marginable_buying_power effective_buying_power options_buying_power options_approved_level options_trading_level accrued_fees
pending_reg_taf_fees pending_transfer_in pending_transfer_out intraday_adjustments account_blocked trading_blocked transfers_blocked
trade_suspended_by_user shorting_enabled created_at admin_configurations user_configurations pattern_day_trader daytrade_count
daytrading_buying_power last_daytrade_count last_daytrading_buying_power bod_dtbp crypto_tier cash_interest memoposts`;

const POSITION = `asset_id symbol exchange asset_class asset_marginable qty qty_available avg_entry_price side market_value cost_basis unrealized_pl
unrealized_plpc unrealized_intraday_pl unrealized_intraday_plpc current_price lastday_price change_today avg_entry_swap_rate prev_swap_rate swap_rate usd`;

const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());

/** The SDK gives each field under the wire's name, under its own, or both. */
const fields = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/).flatMap((name) => [name, camelCase(name)]));

export const KNOWN_FIELDS = {
  order: fields(ORDER),
  'trade update': fields(UPDATE),
  account: fields(ACCOUNT),
  position: fields(POSITION),
} as const;
export type KnownObject = keyof typeof KNOWN_FIELDS;

export const KNOWN_STATUSES: ReadonlySet<string> = new Set(
  `new partially_filled filled done_for_day canceled expired replaced pending_cancel pending_replace accepted pending_new accepted_for_bidding stopped
rejected suspended calculated held`.split(/\s+/),
);

export const KNOWN_EVENTS: ReadonlySet<string> = new Set(
  `accepted pending_new new partial_fill fill canceled expired done_for_day replaced rejected stopped pending_cancel pending_replace calculated suspended
order_replace_rejected order_cancel_rejected held accepted_for_bidding restated trade_bust trade_correct`.split(/\s+/),
);
