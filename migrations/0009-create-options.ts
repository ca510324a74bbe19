import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  `create table option_contracts (
    symbol text primary key,
    root text not null,
    underlying text not null,
    expires_on text not null check (expires_on ~ '^20[0-9]{2}-[0-9]{2}-[0-9]{2}$'),
    option_right text not null check (option_right in ('call', 'put')),
    strike numeric(38, 9) not null check (strike > 0),
    style text not null check (style in ('american', 'european')),
    multiplier integer not null check (multiplier > 0),
    tradable boolean not null,
    source text not null check (source in ('real', 'synthetic')),
    name text not null,
    open_interest bigint check (open_interest >= 0),
    open_interest_on text,
    provider text not null,
    updated_at timestamptz not null
  )`,
  'create index option_contracts_chain on option_contracts (underlying, expires_on, strike, option_right)',
  // A volatility has a source or a reason why there is none, and greeks have a source: never a figure of unknown origin.
  `create table option_quotes (
    symbol text primary key references option_contracts (symbol) on delete cascade,
    bid numeric(38, 9) check (bid > 0),
    ask numeric(38, 9) check (ask > 0),
    bid_size integer check (bid_size >= 0),
    ask_size integer check (ask_size >= 0),
    quoted_at timestamptz,
    last numeric(38, 9) check (last > 0),
    last_at timestamptz,
    implied_volatility double precision check (implied_volatility > 0),
    volatility_source text check (volatility_source in ('feed', 'computed')),
    no_volatility text,
    delta double precision,
    gamma double precision,
    theta double precision,
    vega double precision,
    rho double precision,
    greeks_source text check (greeks_source in ('feed', 'computed')),
    receipt jsonb,
    provider text not null,
    received_at timestamptz not null,
    check ((implied_volatility is null) = (volatility_source is null)),
    check ((implied_volatility is null) = (no_volatility is not null)),
    check (num_nulls(delta, gamma, theta, vega, rho, greeks_source) in (0, 6)),
    check (receipt is not null or (volatility_source is distinct from 'computed' and greeks_source is distinct from 'computed'))
  )`,
];

/** Option contracts, and the newest quote of each with its figures and where they are from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
