import type { Kysely } from 'kysely';
import { alertById, listAlerts } from '../../alerts/service.ts';
import type { AlertReads } from '../../alerts/graphql.ts';
import { listProposals, proposalById } from '../../approvals/service.ts';
import type { ProposalReads } from '../../approvals/graphql.ts';
import { equitySince, highWaterMarkAt } from '../../engine/equity-service.ts';
import type { EquityReads } from '../../engine/graphql.ts';
import { familyOf, fillById, fillsBySymbol, fillsOf, listOrders, momentsOf, orderById, requestOf } from '../../orders/service.ts';
import type { OrderReads } from '../../orders/graphql.ts';
import type { Database } from '../../platform/database.ts';
import { lastLimitChanges, lastTradingStateChange } from '../../risk/service.ts';
import type { LimitReads } from '../../risk/graphql.ts';

/** What has happened, read from the projections. */
export interface Records {
  readonly orders: OrderReads;
  readonly alerts: AlertReads;
  readonly equity: EquityReads;
  readonly limits: LimitReads;
  readonly proposals: ProposalReads;
}

export function recordsOf(db: Kysely<Database>, latest: Pick<EquityReads, 'newestAfter'>): Records {
  return {
    orders: {
      list: (query) => listOrders(db, query),
      byId: (id) => orderById(db, id),
      requestOf: (id) => requestOf(db, id),
      fillsOf: (orderIds) => fillsOf(db, orderIds),
      fillsOfSymbol: (symbol) => fillsBySymbol(db, symbol),
      fillById: (executionId) => fillById(db, executionId),
      momentsOf: (orderId) => momentsOf(db, orderId),
      legsOf: async (order) => (await familyOf(db, order)).filter(({ intent }) => intent.leg?.parentId === order.id),
    },
    alerts: { list: (query) => listAlerts(db, query), byId: (id) => alertById(db, id) },
    equity: { ...latest, since: (from) => equitySince(db, from), highWaterMarkAt: () => highWaterMarkAt(db) },
    proposals: { list: (query) => listProposals(db, query), byId: (id) => proposalById(db, id) },
    limits: { lastChanges: () => lastLimitChanges(db), lastTradingStateChange: () => lastTradingStateChange(db) },
  };
}
