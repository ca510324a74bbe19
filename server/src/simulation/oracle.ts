import type { VenueExecution, VenueRecord } from './venue-types.ts';

/** One symbol as its executions make it. */
export interface OracleHolding {
  readonly shares: number;
  /** Average price of what is held, in cents. */
  readonly averageCents: number;
  readonly realizedCents: number;
}

/** The account as the broker's log makes it. */
export interface OracleAccount {
  readonly cashCents: number;
  readonly holdings: ReadonlyMap<string, OracleHolding>;
  /** Shares that each order has filled, by its client id. */
  readonly filled: ReadonlyMap<string, number>;
}

interface Leg {
  readonly at: number;
  readonly symbol: string;
  readonly shares: number;
  readonly cents: number;
}

type Split = Extract<VenueRecord, { kind: 'split' }>;

const signed = ({ side, shares }: VenueExecution): number => (side === 'buy' ? shares : -shares);

/** What was executed and still counts: busts take away, corrections change the price. */
function standing(log: readonly VenueRecord[]): readonly VenueExecution[] {
  const executions = new Map<string, VenueExecution>();
  for (const record of log) {
    if (record.kind === 'executed') executions.set(record.execution.id, record.execution);
    if (record.kind === 'busted') executions.delete(record.execution.id);
    if (record.kind === 'corrected') executions.set(record.execution.id, { ...record.execution, cents: record.cents });
  }
  return [...executions.values()];
}

/** First in, first out by shares, at the average cost of what is held: worked out at once from the whole list, not carried along. */
function holdingOf(legs: readonly Leg[], splits: readonly Split[]): OracleHolding {
  let [shares, cost, realized] = [0, 0, 0];
  const rest = [...splits];
  for (const leg of legs) {
    for (let split = rest[0]; split !== undefined && split.at <= leg.at; split = rest[0]) {
      shares *= split.factor;
      rest.shift();
    }
    const closing = shares !== 0 && shares > 0 !== leg.shares > 0 ? Math.min(Math.abs(shares), Math.abs(leg.shares)) : 0;
    const sign = Math.sign(shares);
    if (closing > 0) {
      realized += sign * closing * (leg.cents - cost / shares);
      cost -= (cost / shares) * sign * closing;
      shares -= sign * closing;
    }
    const opening = Math.abs(leg.shares) - closing;
    cost += Math.sign(leg.shares) * opening * leg.cents;
    shares += Math.sign(leg.shares) * opening;
  }
  for (const { factor } of rest) shares *= factor;
  return { shares, averageCents: shares === 0 ? 0 : cost / shares, realizedCents: realized };
}

/**
 * The account rebuilt from the broker's log alone, by arithmetic of its own: no type, no function and no running total of the product or of the
 * venue's own books.
 */
export function rebuild(log: readonly VenueRecord[], openingCents: number): OracleAccount {
  const executions = standing(log);
  const legs = new Map<string, Leg[]>();
  const filled = new Map<string, number>();
  let cashCents = openingCents;
  for (const execution of executions) {
    const { symbol, cents, at } = execution;
    const own = legs.get(symbol) ?? [];
    own.push({ at, symbol, shares: signed(execution), cents });
    legs.set(symbol, own);
    cashCents -= signed(execution) * cents;
  }
  for (const record of log) {
    if (record.kind === 'cash') cashCents += record.cents;
    if (record.kind === 'executed')
      filled.set(record.execution.clientId, (filled.get(record.execution.clientId) ?? 0) + record.execution.shares);
  }
  const splits = log.filter((record): record is Split => record.kind === 'split');
  const holdings = new Map<string, OracleHolding>();
  for (const [symbol, own] of legs) {
    const holding = holdingOf(
      own,
      splits.filter((split) => split.symbol === symbol),
    );
    if (holding.shares !== 0 || holding.realizedCents !== 0) holdings.set(symbol, holding);
  }
  return { cashCents, holdings, filled };
}

/** Whether something happened that no report of an order tells: then prices and profits may part, and quantities are settled by a person. */
export const isPlain = (log: readonly VenueRecord[]): boolean =>
  !log.some(
    (record) =>
      record.kind === 'busted' ||
      record.kind === 'corrected' ||
      record.kind === 'split' ||
      (record.kind === 'accepted' && record.order.clientId.startsWith('elsewhere-')),
  );
