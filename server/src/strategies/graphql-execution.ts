import { propose } from '../approvals/graphql.ts';
import type { Proposed } from '../approvals/graphql.ts';
import { modeOf } from '../engine/recommending.ts';
import { shadowResult } from '../engine/shadow-book.ts';
import { settingProblem } from '../engine/strategy-execution.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { conflict, invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { NotFound } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import { AUTOMATIC, executionProblem, loosensExecution, waitMsOf } from './execution.ts';
import type { Execution, ExecutionMode } from './execution.ts';
import { sendStrategyEvent } from './graphql-mutations.ts';
import type { StrategyPayload } from './graphql-mutations.ts';

type Authorized = Context & { readonly principal: Principal };

interface ExecutionInput {
  readonly strategyId: string;
  readonly mode: ExecutionMode;
  readonly waitMinutes?: number | null | undefined;
  readonly reason: string;
}

const MINUTE_MS = 60_000;

async function setExecution(
  { strategyId, mode, waitMinutes, reason }: ExecutionInput,
  context: Authorized,
): Promise<StrategyPayload | Proposed | NotFound> {
  const { session, principal } = context;
  const state = session.state();
  const slot = state.strategies.get(strategyId);
  if (slot === undefined) return notFound('strategy', strategyId);
  const execution: Execution = { mode, ...(typeof waitMinutes === 'number' ? { waitMs: waitMinutes * MINUTE_MS } : {}) };
  const wrong = executionProblem(execution);
  if (wrong !== undefined) return invalidInput('waitMinutes', wrong, 'Give 1 to 10080 with RECOMMEND, or leave it out.');
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  if (state.secondPerson && loosensExecution(slot.execution ?? AUTOMATIC, execution))
    return await propose({ kind: 'automate', strategyId, from: modeOf(slot) }, reason, context);
  const refused = settingProblem(state, slot, execution);
  if (refused !== undefined) return conflict(refused);
  return await sendStrategyEvent(
    { kind: 'StrategyExecutionSet', at: state.now, by: actorOf(principal), strategyId, execution, reason },
    strategyId,
    context,
  );
}

export interface ShadowHoldingView {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly entryPrice: Price;
}

function addShadow(builder: Builder): void {
  builder.objectType('ShadowHolding', {
    fields: (t) => ({
      symbol: t.exposeString('symbol'),
      quantity: t.expose('quantity', { type: 'Decimal', description: 'Signed; negative is short.' }),
      entryPrice: t.expose('entryPrice', { type: 'Decimal' }),
    }),
  });
  builder.objectType('Shadow', {
    description:
      'What a strategy would hold and earn: filled at the next bar’s open, stops and limits within the bar, without any costs, and past the gate.',
    fields: (t) => ({
      since: t.field({ type: 'DateTime', resolve: ({ since }) => since }),
      result: t.field({ type: 'Decimal', description: 'Since then, marked at the newest closes.', resolve: (book) => shadowResult(book) }),
      fills: t.exposeInt('fills'),
      waiting: t.int({ description: 'Targets and orders that wait for a bar.', resolve: ({ waiting }) => waiting.length }),
      holdings: t.field({
        type: ['ShadowHolding'],
        resolve: ({ holdings }) =>
          [...holdings].map(([symbol, { quantity, averagePrice }]) => ({ symbol, quantity, entryPrice: averagePrice })),
      }),
    }),
  });
}

/** How a strategy's orders leave. */
export function addStrategyExecution(builder: Builder, enums: Enums): void {
  addShadow(builder);
  builder.objectFields('Strategy', (t) => ({
    executionMode: t.field({ type: enums.executionMode, resolve: (slot) => modeOf(slot) }),
    waitMinutes: t.float({
      description: 'How long its recommendations wait for a person.',
      resolve: ({ execution = AUTOMATIC, config }) => waitMsOf(execution, config.timeframe) / MINUTE_MS,
    }),
    shadow: t.field({ type: 'Shadow', nullable: true, description: 'In SHADOW alone.', resolve: ({ shadow }) => shadow }),
  }));
  const input = builder.inputType('SetStrategyExecutionInput', {
    fields: (t) => ({
      strategyId: t.id({ required: true }),
      mode: t.field({ type: enums.executionMode, required: true }),
      waitMinutes: t.int({ description: 'With RECOMMEND: 1 to 10080. Absent: one interval of its bars, and at least 30.' }),
      reason: t.string({ required: true }),
    }),
  });
  const result = builder.unionType('SetStrategyExecutionResult', {
    description: 'ProposalPayload: to AUTOMATIC takes a second person, and waits for one.',
    types: ['StrategyPayload', 'ProposalPayload', 'InvalidInputError', 'NotFoundError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.mutationFields((t) => ({
    setStrategyExecution: t.authField({
      type: result,
      authScopes: { principal: true },
      description: 'How its orders leave. RECOMMEND and SHADOW hold at once; AUTOMATIC again is proposed where two people are asked for.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, { input: wanted }, context) => setExecution(wanted, context),
    }),
  }));
}
