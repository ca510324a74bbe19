import type { GraphQLSchema } from 'graphql';
import { addAccounts } from '../accounts/graphql.ts';
import { addApprovals } from '../approvals/graphql.ts';
import { addPeople } from '../accounts/graphql-people.ts';
import { addPasskeys } from '../accounts/graphql-passkeys.ts';
import { addSecondFactors } from '../accounts/graphql-second-factor.ts';
import { addSecurity } from '../accounts/graphql-security.ts';
import { addAgents } from '../agents/graphql.ts';
import { addChangeProposals } from '../agents/changes/graphql.ts';
import { addAgentMemory } from '../agents/memory/graphql.ts';
import { addRunnerMutations } from '../agents/runner/graphql-runner-mutations.ts';
import { addRunner } from '../agents/runner/graphql-runner.ts';
import { addAlerts } from '../alerts/graphql.ts';
import { addBacktests } from '../backtests/graphql.ts';
import { addRunComparison } from '../backtests/graphql-comparison.ts';
import { addLiveBands } from '../backtests/graphql-live-band.ts';
import { addParity } from '../backtests/graphql-parity.ts';
import { addBacktestMutations } from '../backtests/graphql-mutations.ts';
import { addEngine } from '../engine/graphql.ts';
import { addJournal } from '../journal/graphql.ts';
import { addMarketData, addParameterInput } from '../market-data/graphql.ts';
import { addModels } from '../models/graphql.ts';
import { addModelMutations } from '../models/graphql-mutations.ts';
import { addRetrainings } from '../models/graphql-retraining.ts';
import { addTrainingMutations } from '../models/graphql-training.ts';
import { addOptions } from '../options/graphql.ts';
import { addOrders, findOrder } from '../orders/graphql.ts';
import { addOrderMutations } from '../orders/graphql-mutations.ts';
import { addHealth } from '../platform/graphql.ts';
import { addPositions, positionsOf } from '../positions/graphql.ts';
import { addPredictions } from '../predictions/graphql.ts';
import { addResearch } from '../research/graphql.ts';
import { addStudy } from '../research/graphql-study.ts';
import { addWalkForwards } from '../research/graphql-walk-forward.ts';
import { addResearchMutations } from '../research/graphql-mutations.ts';
import { addRisk, limitViews } from '../risk/graphql.ts';
import { addRiskLayers } from '../risk/graphql-layers.ts';
import { addRiskMutations } from '../risk/graphql-mutations.ts';
import { addStrategies } from '../strategies/graphql.ts';
import { addStrategyMutations } from '../strategies/graphql-mutations.ts';
import { addStrategyConfigurations } from '../strategies/graphql-configurations.ts';
import { addStrategyVersions } from '../strategies/graphql-versions.ts';
import { addPromotion } from '../strategies/graphql-promotion.ts';
import { addPauses } from '../risk/graphql-pauses.ts';
import { addRestrictions } from '../risk/graphql-restrictions.ts';
import { addEnsembles } from '../strategies/graphql-ensembles.ts';
import { addStrategyExecution } from '../strategies/graphql-execution.ts';
import { addRecommendations } from '../recommendations/graphql.ts';
import { addProposalMutations } from '../recommendations/graphql-proposals.ts';
import { addRecommendationMutations } from '../recommendations/graphql-mutations.ts';
import { addStrategyKill } from '../strategies/graphql-kill.ts';
import { withAuthorization } from './authorization.ts';
import { withVocabulary } from './vocabulary.ts';
import { createBuilder } from './builder.ts';
import type { Builder } from './builder.ts';
import { addConnections } from './connections.ts';
import { addEnums } from './enums.ts';
import type { Enums } from './enums.ts';
import type { TicketInputs } from '../orders/graphql-ticket.ts';
import { addErrors } from './errors.ts';
import { addSubscriptions } from './live/subscriptions.ts';
import { addAsOf } from './moment.ts';
import { addNode } from './node.ts';

/** Orders that people decide about: of strategies, and of agents. */
function addRecommending(builder: Builder, enums: Enums, proposed: TicketInputs['propose']): void {
  addRecommendations(builder, enums);
  addRecommendationMutations(builder);
  addProposalMutations(builder, proposed);
}

/** What agents ask for, and agents that this server runs. */
function addAllAgents(builder: Builder, enums: Enums, parameterInput: ReturnType<typeof addParameterInput>): void {
  addAgents(builder, enums);
  addChangeProposals(builder, enums, parameterInput);
  addAgentMemory(builder, enums);
  addRunner(builder, enums);
  addRunnerMutations(builder, enums);
}

/** The whole schema: every slice adds its own part. */
export function buildSchema(): GraphQLSchema {
  const builder = createBuilder();
  const enums = addEnums(builder);
  const asOf = addAsOf(builder);
  addNode(builder, {
    Order: (id, context) => findOrder(id, context),
    Strategy: (id, { session }) => session.state().strategies.get(id),
    Run: (id, { runs }) => runs.byId(id),
    Sweep: (id, { sweeps }) => sweeps.byId(id),
    WalkForward: (id, { walkForwards }) => walkForwards.byId(id),
    Model: (id, { models }) => models.byId(id),
    Training: (id, { trainings }) => trainings.byId(id),
    Alert: (id, { alerts }) => alerts.byId(id),
    Position: (symbol, { session }) => positionsOf(session.state()).find((position) => position.symbol === symbol),
    Fill: (executionId, { orders }) => orders.fillById(executionId),
    Instrument: async (symbol, { marketData }) => (await marketData.instruments()).find((instrument) => instrument.symbol === symbol),
    Limit: async (name, context) => (await limitViews(context)).find(({ definition }) => definition.name === name),
    JournalEntry: (seq, { journal }) => (/^[0-9]{1,15}$/.test(seq) ? journal.bySeq(Number(seq)) : undefined),
  });
  addErrors(builder, enums);
  addConnections(builder);
  addAccounts(builder, enums);
  addPeople(builder, enums);
  addSecurity(builder);
  addSecondFactors(builder);
  addPasskeys(builder);
  addApprovals(builder, enums);
  addEngine(builder, enums, asOf);
  const parameterInput = addParameterInput(builder);
  addMarketData(builder, enums, parameterInput);
  addOptions(builder);
  addOrders(builder, enums, asOf);
  const proposed = addOrderMutations(builder, enums);
  addPositions(builder, asOf);
  addRisk(builder, enums, asOf);
  addRiskMutations(builder, enums);
  addRiskLayers(builder, asOf);
  addStrategies(builder, enums, asOf);
  addStrategyMutations(builder, enums, parameterInput);
  addStrategyConfigurations(builder, enums);
  addStrategyVersions(builder);
  addStrategyKill(builder, enums);
  addStrategyExecution(builder, enums);
  addEnsembles(builder, asOf);
  addRecommending(builder, enums, proposed);
  addRestrictions(builder, enums);
  addPauses(builder, enums);
  addPromotion(builder, enums);
  addBacktests(builder, enums);
  addRunComparison(builder);
  addParity(builder, enums);
  addLiveBands(builder, enums);
  addBacktestMutations(builder, parameterInput);
  const study = addStudy(builder, enums);
  addResearch(builder, study);
  addWalkForwards(builder, study);
  addResearchMutations(builder, parameterInput);
  addModels(builder, enums);
  addModelMutations(builder);
  addTrainingMutations(builder, enums, parameterInput);
  addRetrainings(builder, enums);
  addPredictions(builder, enums);
  addAllAgents(builder, enums, parameterInput);
  addAlerts(builder, enums);
  addHealth(builder, enums);
  addJournal(builder);
  addSubscriptions(builder);
  return withAuthorization(withVocabulary(builder.toSchema()));
}
