import type { Kysely, Transaction } from 'kysely';
import { format, money, price, quantity } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { firstOfEach } from '../orders/first-of-each.ts';
import type { Position, Trade } from './position.ts';
import * as store from './store.ts';
import type { PositionRow, PositionTables, TradeRow } from './store.ts';

export type { PositionTables } from './store.ts';

/** What is held, by symbol. */
export const listPositions = async (db: Kysely<PositionTables>): Promise<readonly (Position & { readonly seq: number })[]> =>
  (await store.selectPositions(db)).map((row) => ({ ...positionOf(row), seq: row.seq }));

/** Round trips in the order they were closed; of one strategy where given. */
export const listTrades = async (
  db: Kysely<PositionTables>,
  { strategyId }: { readonly strategyId?: string | undefined } = {},
): Promise<readonly Trade[]> => (await store.selectTrades(db, strategyId)).map(tradeOf);

/** Profit of all round trips after fees. */
export const realizedTotal = async (db: Kysely<PositionTables>): Promise<Money> => money(await store.sumTrades(db));

/** What a stretch of the journal says of positions, in journal order; a position that is `undefined` was closed. */
export interface PositionChanges {
  readonly positions: readonly { readonly symbol: string; readonly position: Position | undefined; readonly seq: number }[];
  readonly trades: readonly { readonly trade: Trade; readonly seq: number }[];
  /** Round trips that never were, after an execution was taken back. */
  readonly withdrawn: readonly { readonly id: string; readonly seq: number }[];
}

export async function projectPositions(trx: Transaction<PositionTables>, { positions, trades, withdrawn }: PositionChanges): Promise<void> {
  const newest = new Map(positions.map((change) => [change.symbol, change]));
  const rows = [...newest.values()].flatMap(({ position, seq }) => (position === undefined ? [] : [positionRow(position, seq)]));
  await store.replacePositions(trx, [...newest.keys()], rows);
  // A round trip is written once; one that is told after it was withdrawn stands in its place.
  const gone = new Map(withdrawn.map(({ id, seq }) => [id, seq]));
  const standing = trades.filter(({ trade, seq }) => seq >= (gone.get(trade.id) ?? 0));
  const closed = firstOfEach(standing, ({ trade }) => trade.id);
  await store.deleteTrades(trx, [...gone.keys()]);
  await store.insertTrades(
    trx,
    closed.map(({ trade, seq }) => tradeRow(trade, seq)),
  );
}

export const clearPositions = store.deletePositions;

const positionRow = (position: Position, seq: number): PositionRow => ({
  symbol: position.symbol,
  quantity: format(position.quantity),
  average_price: format(position.averagePrice),
  realized_pnl: format(position.realizedPnl),
  fees: format(position.fees),
  opened_at: new Date(position.openedAt),
  updated_at: new Date(position.updatedAt),
  seq,
});

const positionOf = (row: PositionRow): Position => ({
  symbol: row.symbol,
  quantity: quantity(row.quantity),
  averagePrice: price(row.average_price),
  realizedPnl: money(row.realized_pnl),
  fees: money(row.fees),
  openedAt: instantFromMs(row.opened_at.getTime()),
  updatedAt: instantFromMs(row.updated_at.getTime()),
});

const tradeRow = (trade: Trade, seq: number): TradeRow => ({
  id: trade.id,
  symbol: trade.symbol,
  direction: trade.direction,
  quantity: format(trade.quantity),
  entry_price: format(trade.entryPrice),
  exit_price: format(trade.exitPrice),
  entry_at: new Date(trade.entryAt),
  exit_at: new Date(trade.exitAt),
  gross_pnl: format(trade.grossPnl),
  fees: format(trade.fees),
  strategy_id: trade.strategyId ?? null,
  seq,
});

const tradeOf = (row: TradeRow): Trade => ({
  id: row.id,
  symbol: row.symbol,
  direction: row.direction,
  quantity: quantity(row.quantity),
  entryPrice: price(row.entry_price),
  exitPrice: price(row.exit_price),
  entryAt: instantFromMs(row.entry_at.getTime()),
  exitAt: instantFromMs(row.exit_at.getTime()),
  grossPnl: money(row.gross_pnl),
  fees: money(row.fees),
  ...(row.strategy_id === null ? {} : { strategyId: row.strategy_id }),
});
