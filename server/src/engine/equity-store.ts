import type { Kysely, Transaction } from 'kysely';

export interface EquityPointRow {
  readonly at: Date;
  readonly equity: string;
  readonly cash: string;
  readonly high_water_mark: string;
  readonly session_start_equity: string;
  readonly gross_exposure: string;
  readonly net_exposure: string;
  readonly unrealized_pnl: string;
  readonly drawdown: string;
  readonly at_bar: boolean;
  readonly seq: number;
}

export interface EquityTables {
  readonly equity_points: EquityPointRow;
}

const ROWS = 500;

/** Points between bars only tick the head figures: only the newest of them stays. */
export async function replaceEquityPoints(trx: Transaction<EquityTables>, rows: readonly EquityPointRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx.deleteFrom('equity_points').where('at_bar', '=', false).execute();
  for (let start = 0; start < rows.length; start += ROWS) {
    await trx
      .insertInto('equity_points')
      .values(rows.slice(start, start + ROWS))
      .onConflict((conflict) =>
        conflict
          .column('at')
          .doUpdateSet((eb) => ({
            equity: eb.ref('excluded.equity'),
            cash: eb.ref('excluded.cash'),
            high_water_mark: eb.ref('excluded.high_water_mark'),
            session_start_equity: eb.ref('excluded.session_start_equity'),
            gross_exposure: eb.ref('excluded.gross_exposure'),
            net_exposure: eb.ref('excluded.net_exposure'),
            unrealized_pnl: eb.ref('excluded.unrealized_pnl'),
            drawdown: eb.ref('excluded.drawdown'),
            at_bar: eb.ref('excluded.at_bar'),
            seq: eb.ref('excluded.seq'),
          }))
          // The point of a bar stays, whatever else was marked at its instant.
          .where((eb) => eb.or([eb('excluded.at_bar', '=', true), eb('equity_points.at_bar', '=', false)])),
      )
      .execute();
  }
}

export async function deleteEquity(trx: Transaction<EquityTables>): Promise<void> {
  await trx.deleteFrom('equity_points').execute();
}

/** Oldest first. */
export async function selectEquityPoints(db: Kysely<EquityTables>, from: Date | undefined): Promise<readonly EquityPointRow[]> {
  const query = db.selectFrom('equity_points').selectAll().orderBy('at');
  return await (from === undefined ? query : query.where('at', '>=', from)).execute();
}

export const selectLastPoint = async (db: Kysely<EquityTables>): Promise<EquityPointRow | undefined> =>
  await db.selectFrom('equity_points').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirst();
