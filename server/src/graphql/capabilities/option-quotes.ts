import type { Kysely } from 'kysely';
import { setting } from '../../accounts/service.ts';
import type { SymbolMark } from '../../engine/events.ts';
import type { OptionContract } from '../../instruments/option-contract.ts';
import type { Instant } from '../../money/instant.ts';
import { assumptionsFrom } from '../../options/assumptions.ts';
import { markOf } from '../../options/mark.ts';
import type { OptionProvider } from '../../options/provider.ts';
import type { OptionAssumptions } from '../../options/quote.ts';
import { fetchQuotes, saveChain } from '../../options/service.ts';
import type { OptionMath } from '../../options/valuation.ts';
import type { Database } from '../../platform/database.ts';

/** Where option contracts and quotes come from. */
export interface OptionSource {
  readonly provider: OptionProvider;
  readonly math: OptionMath;
}

/** Under which name the assumptions are kept. */
export const ASSUMPTIONS = 'option-assumptions';

export const savedAssumptions = async (db: Kysely<Database>): Promise<OptionAssumptions> => assumptionsFrom(await setting(db, ASSUMPTIONS));

/** The newest quotes of contracts, into their table and as marks for the engine; those that nobody quotes have none. Throws `ProviderError`. */
export async function quoteOptions(
  db: Kysely<Database>,
  { provider, math }: OptionSource,
  contracts: readonly OptionContract[],
  receivedAt: Instant,
): Promise<readonly SymbolMark[]> {
  const rows = await fetchQuotes(provider, math, contracts, await savedAssumptions(db));
  await saveChain(db, rows, provider.name, receivedAt);
  return rows.flatMap(({ contract: { symbol }, quote, underlying }) => {
    const mark = quote === undefined ? undefined : markOf(quote, underlying);
    return mark === undefined ? [] : [{ symbol, mark }];
  });
}
