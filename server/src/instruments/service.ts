import type { Kysely } from 'kysely';
import { price, quantity } from '../money/fixed.ts';
import type { Instrument } from './instrument.ts';
import { insertMissingInstruments, selectInstruments, upsertInstruments } from './store.ts';
import type { InstrumentTables } from './store.ts';

export type { InstrumentTables } from './store.ts';

/** A share as it trades in New York when nothing more is known of it. */
export function equity(symbol: string, name: string, source: Instrument['source'] = 'real', broad = false): Instrument {
  return {
    symbol,
    name,
    assetClass: 'us_equity',
    source,
    tick: price('0.01'),
    lot: quantity('1'),
    broad,
    tradable: true,
    shortable: true,
  };
}

export const listInstruments = (db: Kysely<InstrumentTables>): Promise<readonly Instrument[]> => selectInstruments(db);

/** Writes instruments, replacing what was known of the same symbols. */
export const saveInstruments = (db: Kysely<InstrumentTables>, instruments: readonly Instrument[]): Promise<void> =>
  upsertInstruments(db, instruments);

/** Makes sure that every symbol has an instrument; unknown ones become plain shares under their symbol. */
export const ensureInstruments = (db: Kysely<InstrumentTables>, symbols: readonly string[]): Promise<void> =>
  insertMissingInstruments(
    db,
    symbols.map((symbol) => equity(symbol, symbol)),
  );
