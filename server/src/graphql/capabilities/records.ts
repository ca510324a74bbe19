import type { Kysely } from 'kysely';
import { alertById, listAlerts } from '../../alerts/service.ts';
import type { RulesFile } from '../../alerts/channel-settings.ts';
import type { AlertReads, ChannelView } from '../../alerts/graphql.ts';
import { channelStatuses, deliveriesOf } from '../../alerts/outbox-service.ts';
import type { RecommendationReads } from '../../recommendations/graphql.ts';
import { countEnds, listNotLetGo, listRecommendations, recommendationById } from '../../recommendations/service.ts';
import { listProposals, proposalById } from '../../approvals/service.ts';
import type { ProposalReads } from '../../approvals/graphql.ts';
import { equitySince } from '../../engine/equity-service.ts';
import type { EquityReads } from '../../engine/graphql.ts';
import {
  fillById,
  fillsBySymbol,
  fillsOf,
  legsOf,
  listOrders,
  momentsOf,
  orderById,
  requestOf,
  successorsOf,
} from '../../orders/service.ts';
import type { OrderReads } from '../../orders/graphql.ts';
import type { Database } from '../../platform/database.ts';
import { lastLimitChanges } from '../../risk/service.ts';
import type { Change, LimitReads } from '../../risk/graphql.ts';
import type { LimitName } from '../../risk/limits.ts';
import type { Fact } from '../../engine/effects.ts';
import type { JournalReads } from '../../journal/graphql.ts';

/** What has happened, read from the projections. */
export interface Records {
  readonly orders: OrderReads;
  readonly alerts: AlertReads;
  readonly equity: EquityReads;
  readonly limits: LimitReads;
  readonly proposals: ProposalReads;
  readonly recommendations: RecommendationReads;
}

const PAGE = 500;

/** The newest change of each limit of the account, as it stood after an entry: the table knows only what came last. */
async function limitChangesAt(journal: Pick<JournalReads, 'list'>, upTo: number): Promise<ReadonlyMap<LimitName, Change>> {
  const changes = new Map<LimitName, Change>();
  let after: string | undefined;
  do {
    const page = await journal.list({ first: PAGE, after, kind: 'LimitChanged' });
    for (const { node } of page.nodes) {
      if (node.seq > upTo) return changes;
      const { who, name, by, at } = node.payload as Extract<Fact, { kind: 'LimitChanged' }>;
      if (who === undefined) changes.set(name, { by, at });
    }
    after = page.hasNextPage ? page.nodes.at(-1)?.cursor : undefined;
  } while (after !== undefined);
  return changes;
}

/** Channels as they are set up; how they do is in the outbox. */
export type KnownChannel = Pick<ChannelView, 'name' | 'target'>;

async function channelViews(db: Kysely<Database>, channels: readonly KnownChannel[]): Promise<readonly ChannelView[]> {
  if (channels.length === 0) return [];
  const statuses = new Map((await channelStatuses(db)).map((status) => [status.name, status]));
  return channels.map(({ name, target }) => {
    const status = statuses.get(name);
    const nothing = { name, waiting: 0, givenUp: 0, lastSentAt: undefined, problem: undefined, problemAt: undefined };
    return { ...nothing, ...status, target };
  });
}

export function recordsOf(
  db: Kysely<Database>,
  latest: Pick<EquityReads, 'newestAfter'>,
  journal: Pick<JournalReads, 'list'>,
  channels: readonly KnownChannel[],
  rules: RulesFile,
): Records {
  return {
    orders: {
      list: (query) => listOrders(db, query),
      byId: (id) => orderById(db, id),
      requestOf: (id) => requestOf(db, id),
      fillsOf: (orderIds) => fillsOf(db, orderIds),
      fillsOfSymbol: (symbol) => fillsBySymbol(db, symbol),
      fillById: (executionId) => fillById(db, executionId),
      momentsOf: (orderIds) => momentsOf(db, orderIds),
      legsOf: (orderIds) => legsOf(db, orderIds),
      successorsOf: (orderIds) => successorsOf(db, orderIds),
    },
    alerts: {
      list: (query) => listAlerts(db, query),
      byId: (id) => alertById(db, id),
      deliveriesOf: (seq) => deliveriesOf(db, seq),
      channels: () => channelViews(db, channels),
      rules: () => rules,
    },
    equity: { ...latest, since: (from) => equitySince(db, from) },
    recommendations: {
      list: (query) => listRecommendations(db, query),
      byId: (id) => recommendationById(db, id),
      ends: (strategyId) => countEnds(db, strategyId),
      notLetGo: () => listNotLetGo(db),
    },
    proposals: { list: (query) => listProposals(db, query), byId: (id) => proposalById(db, id) },
    limits: { lastChanges: (upTo) => (upTo === undefined ? lastLimitChanges(db) : limitChangesAt(journal, upTo)) },
  };
}
