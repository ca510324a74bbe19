import { authorize, NEEDS } from '../../graphql/authorization.ts';
import type { Context } from '../../graphql/context.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../../graphql/errors.ts';
import type { Principal } from '../../graphql/principal.ts';
import type { ProposalPayload } from '../../approvals/graphql.ts';
import { promoteModel } from '../../models/graphql-mutations.ts';
import { setStrategyLimit } from '../../risk/graphql-layers.ts';
import { setLimit } from '../../risk/graphql-mutations.ts';
import { configureStrategy } from '../../strategies/graphql-mutations.ts';
import type { AgentChange, ChangeProposal } from './change.ts';
import { presentProblem } from './graphql-present.ts';

type Authorized = Context & { readonly principal: Principal };
export type Settled = Parameters<Context['changeProposals']['settle']>[1];

/** The mutation by which a person makes such a change. */
function mutationOf(change: AgentChange): string {
  switch (change.kind) {
    case 'parameters':
      return 'configureStrategy';
    case 'limit':
      return change.strategyId === undefined ? 'setLimit' : 'setStrategyLimit';
    case 'promotion':
      return 'promoteModel';
  }
}

/** Throws where the one who asks could not make the change themselves. */
export async function authorizeChange(change: AgentChange, context: Context): Promise<void> {
  const need = NEEDS.Mutation[mutationOf(change)];
  if (need === undefined) throw new Error(`Invariant: ${mutationOf(change)} is a mutation`);
  await authorize(need, context);
}

type Made = { readonly __typename: 'StrategyPayload' | 'LimitPayload' | 'StrategyLimitPayload' | 'ModelPayload' };
type Answer = Made | ProposalPayload | InvalidInput | NotFound | Conflict | Unavailable;

/** What the person's own mutation does, with the person as its principal. */
async function made({ id, agent, change }: ChangeProposal, context: Authorized): Promise<Answer> {
  const reason = `Proposed by ${agent} as change ${id}, and approved as it was shown.`;
  switch (change.kind) {
    case 'parameters': {
      const { parameters, symbols, allocation, size } = change.to;
      const pairs = Object.entries(parameters).map(([name, value]) => ({ name, value: String(value) }));
      return await configureStrategy({ id: change.strategyId, parameters: pairs, symbols, allocation, size }, context);
    }
    case 'limit': {
      const { name, to: value, strategyId } = change;
      return strategyId === undefined
        ? await setLimit({ name, value, reason }, context)
        : await setStrategyLimit({ strategyId, name, value, reason }, context);
    }
    case 'promotion':
      return await promoteModel(change.modelId, reason, context);
  }
}

function settledBy(answer: Answer): Settled {
  switch (answer.__typename) {
    case 'InvalidInputError':
    case 'NotFoundError':
    case 'ConflictError':
      return { state: 'failed', outcome: answer.message };
    case 'UnavailableError':
      if (answer.outcome === 'not_done') return { state: 'failed', outcome: answer.message };
      return {
        state: 'approved',
        outcome: answer.outcome === 'done' ? answer.message : `It is not known whether it was done. ${answer.message}`,
      };
    case 'ProposalPayload':
      return { state: 'approved', outcome: `It waits for a second person: ${answer.proposal.proposal.id}.` };
    case 'StrategyPayload':
    case 'LimitPayload':
    case 'StrategyLimitPayload':
    case 'ModelPayload':
      return { state: 'approved', outcome: 'It is done.' };
  }
}

/** Makes a change that was taken: once, by the same rules as the person's own mutation. What has changed since it was looked at ends it. */
export async function carryOut(taken: ChangeProposal, context: Authorized): Promise<Settled> {
  const problem = await presentProblem(taken.change, context);
  return problem === undefined ? settledBy(await made(taken, context)) : { state: 'failed', outcome: problem };
}
