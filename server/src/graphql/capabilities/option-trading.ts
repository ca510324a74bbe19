import type { Kysely } from 'kysely';
import type { Instrument } from '../../instruments/instrument.ts';
import type { OptionContract } from '../../instruments/option-contract.ts';
import { encode } from '../../journal/codec.ts';
import { ProviderError } from '../../market-data/provider.ts';
import type { Instant } from '../../money/instant.ts';
import { instrumentOf, whyNotCarried } from '../../options/listing.ts';
import type { OptionProvider, RefusedOption } from '../../options/provider.ts';
import { saveChain, storedContracts } from '../../options/service.ts';
import type { Database } from '../../platform/database.ts';
import type { LiveSession } from '../live-session.ts';
import { quoteOptions } from './option-quotes.ts';
import type { OptionSource } from './option-quotes.ts';

type Session = Pick<LiveSession, 'state' | 'command'>;

/** Makes options known to the engine. Both answer what stands against that, and throw `ProviderError`. */
export interface OptionTrading {
  /** Lists a contract, and lists it anew where it has changed. */
  readonly list: (symbol: string) => Promise<string | undefined>;
  /** Before an order is judged: lists it and gives it the newest quote with its greeks. What the engine has listed is never refused: it may have to be sold. */
  readonly prepare: (symbol: string) => Promise<string | undefined>;
}

const NO_SOURCE = 'this server has no provider of option data';

/** A quote that is this young is not asked for again: a preview follows each pause in typing. */
const QUOTE_MS_MAX = 5_000;

async function listIn(session: Session, instrument: Instrument): Promise<void> {
  const { instruments, now } = session.state();
  const known = instruments.get(instrument.symbol);
  if (known !== undefined && encode(known) === encode(instrument)) return;
  await session.command({ kind: 'InstrumentListed', at: now, instrument });
}

const hasFreshQuote = ({ marks, now }: ReturnType<Session['state']>, symbol: string): boolean => {
  const mark = marks.get(symbol);
  return mark?.basis === 'quote' && now - mark.at < QUOTE_MS_MAX;
};

/** The contract as the provider has it now; as the tables have it only where the provider does not answer and they do. */
async function contractOf(
  db: Kysely<Database>,
  provider: OptionProvider,
  symbol: string,
  at: Instant,
): Promise<OptionContract | RefusedOption | undefined> {
  try {
    const contract = await provider.contract(symbol);
    if (contract !== undefined && !('reason' in contract)) await saveChain(db, [{ contract, quote: undefined }], provider.name, at);
    return contract;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const [stored] = await storedContracts(db, [symbol]);
    if (stored === undefined) throw error;
    return stored;
  }
}

/** What the provider has of a contract, and why it is not listed. */
interface Looked {
  readonly contract?: OptionContract;
  readonly problem: string | undefined;
}

export function optionTrading(
  db: Kysely<Database>,
  source: OptionSource | undefined,
  session: Session,
  wallNow: () => Instant,
): OptionTrading {
  const look = async ({ provider }: OptionSource, symbol: string): Promise<Looked> => {
    const contract = await contractOf(db, provider, symbol, wallNow());
    if (contract === undefined) return { problem: `the provider lists no contract ${symbol}` };
    if ('reason' in contract) return { problem: `the provider's contract ${symbol} cannot be believed: ${contract.reason}` };
    const underlying = session.state().instruments.get(contract.underlying);
    const problem = whyNotCarried(contract, underlying);
    if (problem === undefined && underlying !== undefined) await listIn(session, instrumentOf(contract, underlying));
    return { contract, problem };
  };
  const knows = (symbol: string): boolean => session.state().instruments.has(symbol);
  return {
    list: async (symbol) => (source === undefined ? NO_SOURCE : (await look(source, symbol)).problem),
    prepare: async (symbol) => {
      if (source === undefined) return knows(symbol) ? undefined : NO_SOURCE;
      const { contract, problem } = await look(source, symbol);
      if (!knows(symbol)) return problem;
      if (contract === undefined || hasFreshQuote(session.state(), symbol)) return undefined;
      const marks = await quoteOptions(db, source, [contract], wallNow());
      const [newest] = marks;
      if (newest !== undefined) await session.command({ kind: 'Marked', at: newest.mark.at, marks });
      return undefined;
    },
  };
}
