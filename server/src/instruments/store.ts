import type { Kysely } from 'kysely';
import { format, price, quantity } from '../money/fixed.ts';
import type { Instrument } from './instrument.ts';

interface InstrumentRow {
  readonly symbol: string;
  readonly name: string;
  readonly asset_class: string;
  readonly source: string;
  /** numeric as text. */
  readonly tick: string;
  readonly lot: string;
  readonly broad: boolean;
  readonly tradable: boolean;
  readonly shortable: boolean;
  readonly easy_to_borrow: boolean | null;
  readonly sector: string | null;
  readonly over_the_counter: boolean | null;
  readonly leveraged: boolean | null;
}

export interface InstrumentTables {
  readonly instruments: InstrumentRow;
}

const plain = (numeric: string): string => (numeric.includes('.') ? numeric.replace(/\.?0+$/, '') : numeric);

function parseAssetClass(text: string): Instrument['assetClass'] {
  if (text === 'us_equity' || text === 'crypto') return text;
  throw new Error(`Invariant: asset class "${text}" in the instruments table is unknown`);
}

const toInstrument = (row: InstrumentRow): Instrument => ({
  symbol: row.symbol,
  name: row.name,
  assetClass: parseAssetClass(row.asset_class),
  source: row.source === 'synthetic' ? 'synthetic' : 'real',
  tick: price(plain(row.tick)),
  lot: quantity(plain(row.lot)),
  broad: row.broad,
  tradable: row.tradable,
  shortable: row.shortable,
  ...(row.easy_to_borrow === null ? {} : { easyToBorrow: row.easy_to_borrow }),
  ...(row.sector === null ? {} : { sector: row.sector }),
  ...(row.over_the_counter === null ? {} : { overTheCounter: row.over_the_counter }),
  ...(row.leveraged === null ? {} : { leveraged: row.leveraged }),
});

const toRow = (instrument: Instrument): InstrumentRow => ({
  symbol: instrument.symbol,
  name: instrument.name,
  asset_class: instrument.assetClass,
  source: instrument.source,
  tick: format(instrument.tick),
  lot: format(instrument.lot),
  broad: instrument.broad,
  tradable: instrument.tradable,
  shortable: instrument.shortable,
  easy_to_borrow: instrument.easyToBorrow ?? null,
  sector: instrument.sector ?? null,
  over_the_counter: instrument.overTheCounter ?? null,
  leveraged: instrument.leveraged ?? null,
});

export async function selectInstruments(db: Kysely<InstrumentTables>): Promise<readonly Instrument[]> {
  const rows = await db.selectFrom('instruments').selectAll().orderBy('symbol').execute();
  return rows.map(toInstrument);
}

export async function upsertInstruments(db: Kysely<InstrumentTables>, instruments: readonly Instrument[]): Promise<void> {
  if (instruments.length === 0) return;
  await db
    .insertInto('instruments')
    .values(instruments.map(toRow))
    .onConflict((conflict) =>
      conflict.column('symbol').doUpdateSet((row) => ({
        name: row.ref('excluded.name'),
        asset_class: row.ref('excluded.asset_class'),
        source: row.ref('excluded.source'),
        tick: row.ref('excluded.tick'),
        lot: row.ref('excluded.lot'),
        broad: row.ref('excluded.broad'),
        tradable: row.ref('excluded.tradable'),
        shortable: row.ref('excluded.shortable'),
        easy_to_borrow: row.ref('excluded.easy_to_borrow'),
        sector: row.ref('excluded.sector'),
        over_the_counter: row.ref('excluded.over_the_counter'),
        leveraged: row.ref('excluded.leveraged'),
      })),
    )
    .execute();
}

/** Adds the instruments that are not there yet, and leaves the others as they are. */
export async function insertMissingInstruments(db: Kysely<InstrumentTables>, instruments: readonly Instrument[]): Promise<void> {
  if (instruments.length === 0) return;
  await db
    .insertInto('instruments')
    .values(instruments.map(toRow))
    .onConflict((conflict) => conflict.column('symbol').doNothing())
    .execute();
}
