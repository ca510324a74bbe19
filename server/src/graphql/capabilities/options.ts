import type { Kysely } from 'kysely';
import { saveSetting } from '../../accounts/service.ts';
import { newYorkDate } from '../../instruments/calendar.ts';
import type { Instant } from '../../money/instant.ts';
import { firstExpiration } from '../../options/chain.ts';
import type { OptionReads } from '../../options/graphql.ts';
import { fetchChain, saveChain, saveContracts, storedChain, storedExpirations, storedOptions } from '../../options/service.ts';
import type { Database } from '../../platform/database.ts';
import type { LiveSession } from '../live-session.ts';
import { ASSUMPTIONS, savedAssumptions } from './option-quotes.ts';
import type { OptionSource } from './option-quotes.ts';
import { optionTrading } from './option-trading.ts';

/** Contracts further away than this are not fetched. */
const DAYS_AHEAD = 400;
const DAY_MS = 86_400_000;

/** What the database holds of options, and how it is refreshed. Trading time is the session's, `wallNow` stamps what was saved. */
export function optionsOf(
  db: Kysely<Database>,
  source: OptionSource | undefined,
  session: Pick<LiveSession, 'state' | 'command'>,
  wallNow: () => Instant,
): OptionReads {
  const now = (): Instant => session.state().now;
  const assumptions = () => savedAssumptions(db);
  const today = (): string => newYorkDate(now());
  return {
    available: source !== undefined,
    today,
    assumptions,
    setAssumptions: async (given) => saveSetting(db, ASSUMPTIONS, given, wallNow()),
    expirations: (underlying) => storedExpirations(db, underlying, today()),
    chain: (underlying, expiresOn) => storedChain(db, { underlying, expiresFrom: expiresOn, expiresTo: expiresOn }),
    options: (symbols) => storedOptions(db, symbols),
    prepare: optionTrading(db, source, session, wallNow).prepare,
    async refresh(underlying, expiration) {
      if (source === undefined) return { expiration: undefined, refused: [] };
      const { provider, math } = source;
      if (expiration === undefined) {
        const until = newYorkDate((now() + DAYS_AHEAD * DAY_MS) as Instant);
        await saveContracts(db, provider, { underlying, expiresFrom: today(), expiresTo: until }, wallNow());
      }
      const expiresOn = expiration ?? firstExpiration(await storedExpirations(db, underlying, today()), today());
      if (expiresOn === undefined) return { expiration: undefined, refused: [] };
      const fetched = await fetchChain(provider, math, { underlying, expiresFrom: expiresOn, expiresTo: expiresOn }, await assumptions());
      await saveChain(db, fetched.rows, provider.name, wallNow());
      return { expiration: expiresOn, refused: fetched.refused };
    },
  };
}
