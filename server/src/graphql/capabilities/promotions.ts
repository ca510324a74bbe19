import type { KeyObject } from 'node:crypto';
import type { Kysely } from 'kysely';
import { readRecord, signRecord } from '../../approvals/paper-record.ts';
import { countFinishedRuns } from '../../backtests/service.ts';
import { compareLife } from '../../engine/session/parity.ts';
import type { OpenRunner } from '../../engine/session/strategy-runners.ts';
import type { Database } from '../../platform/database.ts';
import type { Past } from '../../platform/past/past.ts';
import type { PromotionReads } from '../../strategies/graphql-promotion.ts';

export interface PromotionParts {
  /** Signs paper records; the server of the paper account and that of the live one have the same. */
  readonly recordKey: KeyObject | undefined;
  readonly past: Pick<Past, 'lifeAt'>;
  readonly openRunner: OpenRunner;
}

const NO_KEY = 'TIDEMARK_RECORD_KEY is not set: it signs paper records, and both servers need the same.';

/** What stands between a strategy and real money, as far as the database and the journal know it. */
export function promotionsOf(db: Kysely<Database>, parts: PromotionParts | undefined): PromotionReads {
  return {
    backtestsOf: (versions) => countFinishedRuns(db, versions),
    read: (text) => (parts?.recordKey === undefined ? { ok: false, problem: NO_KEY } : readRecord(text, parts.recordKey)),
    sign: (record) => (parts?.recordKey === undefined ? undefined : signRecord(record, parts.recordKey)),
    whyNot: () => (parts?.recordKey === undefined ? NO_KEY : undefined),
    parityOf: async (config, seq) => {
      if (parts === undefined) return { problem: 'This server cannot read its own past.' };
      const { life, problem } = await parts.past.lifeAt(seq, config.id);
      if (problem !== undefined) return { problem: `The journal does not lead to itself: entry ${problem.seq}: ${problem.problem}.` };
      return await compareLife(config, await parts.openRunner(config), life);
    },
  };
}
