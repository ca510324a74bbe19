import type { Kysely } from 'kysely';
import type { Instrument } from '../../instruments/instrument.ts';
import type { OptionContract } from '../../instruments/option-contract.ts';
import { encode } from '../../journal/codec.ts';
import type { Instant } from '../../money/instant.ts';
import { instrumentOf, whyNotCarried } from '../../options/listing.ts';
import { fetchContract, saveChain, storedContracts } from '../../options/service.ts';
import type { Database } from '../../platform/database.ts';
import type { LiveSession } from '../live-session.ts';
import { quoteOptions } from './option-quotes.ts';
import type { OptionSource } from './option-quotes.ts';

type Session = Pick<LiveSession, 'state' | 'command'>;

/** Makes an option known to the engine before an order in it is judged. */
export type PrepareOption = (symbol: string) => Promise<string | undefined>;

async function list(session: Session, instrument: Instrument): Promise<void> {
  const { instruments, now } = session.state();
  const known = instruments.get(instrument.symbol);
  if (known !== undefined && encode(known) === encode(instrument)) return;
  await session.command({ kind: 'InstrumentListed', at: now, instrument });
}

/**
 * Lists a contract in the engine, and gives it the newest quote with its greeks: from the provider where the tables do not hold it. Answers what stands against
 * that; an option that the engine knows already is never refused, because it may have to be sold. Throws `ProviderError`.
 */
export function optionTrading(
  db: Kysely<Database>,
  source: OptionSource | undefined,
  session: Session,
  wallNow: () => Instant,
): PrepareOption {
  const contractOf = async (from: OptionSource, symbol: string): Promise<OptionContract | undefined> => {
    const [stored] = await storedContracts(db, [symbol]);
    if (stored !== undefined) return stored;
    const contract = await fetchContract(from.provider, symbol);
    if (contract !== undefined) await saveChain(db, [{ contract, quote: undefined }], from.provider.name, wallNow());
    return contract;
  };
  return async (symbol) => {
    if (source === undefined) return session.state().instruments.has(symbol) ? undefined : 'this server has no provider of option data';
    const contract = await contractOf(source, symbol);
    if (contract === undefined) return `the provider lists no contract ${symbol}`;
    const underlying = session.state().instruments.get(contract.underlying);
    const problem = whyNotCarried(contract, underlying);
    if (problem === undefined && underlying !== undefined) await list(session, instrumentOf(contract, underlying));
    if (!session.state().instruments.has(symbol)) return problem;
    const marks = await quoteOptions(db, source, [contract], wallNow());
    for (const { mark } of marks) await session.command({ kind: 'Marked', at: mark.at, marks });
    return undefined;
  };
}
