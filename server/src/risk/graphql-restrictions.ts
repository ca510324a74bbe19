import { propose } from '../approvals/graphql.ts';
import type { Proposed } from '../approvals/graphql.ts';
import type { RestrictionLists } from '../engine/events.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { invalidInput, typeOfMember } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { reasonProblem } from '../graphql/reason.ts';
import { isSymbol } from '../orders/ticket.ts';
import { listed, loosensList } from './restrictions.ts';
import type { RestrictionList } from './restrictions.ts';

export interface RestrictionsPayload {
  readonly __typename: 'RestrictionsPayload';
  readonly restrictions: RestrictionLists;
}
type Authorized = Context & { readonly principal: Principal };
interface RestrictInput {
  readonly list: RestrictionList;
  readonly symbols: readonly string[];
  readonly reason: string;
}

const SYMBOLS_MAX = 500;

/** What lets less through holds at once; what lets more through waits for a second person. */
async function restrict({ list, symbols, reason }: RestrictInput, context: Authorized): Promise<RestrictionsPayload | Proposed> {
  const problem = reasonProblem(reason);
  if (problem !== undefined) return problem;
  const bad = symbols.find((symbol) => !isSymbol(symbol));
  if (bad !== undefined) return invalidInput('symbols', 'One of them is no symbol', 'Capitals, digits and points, like BRK.B.');
  if (symbols.length > SYMBOLS_MAX) return invalidInput('symbols', `At most ${SYMBOLS_MAX} symbols`, 'Give the whole list, shorter.');
  const { session, principal, report } = context;
  const [from, to] = [session.state().restrictions[list], listed(symbols)];
  if (loosensList(list, from, to)) return await propose({ kind: 'symbols', list, from, to }, reason, context);
  const event = { kind: 'SymbolsRestricted', at: session.state().now, by: actorOf(principal), list, symbols: to, reason } as const;
  const outcome = await command(session, event, report);
  return outcome.ok ? { __typename: 'RestrictionsPayload', restrictions: outcome.state.restrictions } : outcome.error;
}

/** Lists of symbols that are let through or not. */
export function addRestrictions(builder: Builder, enums: Enums): void {
  const symbols = (lists: readonly string[]): string[] => [...lists];
  builder.objectType('Restrictions', {
    fields: (t) => ({
      denied: t.stringList({ description: 'Nothing of these is opened.', resolve: ({ denied }) => symbols(denied) }),
      allowed: t.stringList({ description: 'Where it is not empty, nothing else is opened.', resolve: ({ allowed }) => symbols(allowed) }),
      excepted: t.stringList({
        description: 'Outside of exchanges or with leverage, and let through by name.',
        resolve: ({ excepted }) => symbols(excepted),
      }),
    }),
  });
  builder.objectType('RestrictionsPayload', { fields: (t) => ({ restrictions: t.expose('restrictions', { type: 'Restrictions' }) }) });
  const input = builder.inputType('RestrictSymbolsInput', {
    fields: (t) => ({
      list: t.field({ type: enums.restrictionList, required: true }),
      symbols: t.stringList({ required: true, description: 'The whole list.' }),
      reason: t.string({ required: true }),
    }),
  });
  const result = builder.unionType('RestrictSymbolsResult', {
    types: ['RestrictionsPayload', 'ProposalPayload', 'InvalidInputError', 'ConflictError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.queryField('restrictions', (t) =>
    t.field({ type: 'Restrictions', resolve: (_root, _args, { session }) => session.state().restrictions }),
  );
  builder.mutationField('restrictSymbols', (t) =>
    t.authField({
      type: result,
      authScopes: { principal: true },
      description: 'Restricting holds at once. Letting more through proposes: it holds when a second person approves.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, { input: wanted }, context) => restrict(wanted, context),
    }),
  );
}
