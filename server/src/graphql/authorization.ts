import { defaultFieldResolver, GraphQLError } from 'graphql';
import type { GraphQLField, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { atLeast, FRESH_MS, ROLE_NAMES } from '../approvals/roles.ts';
import type { Role } from '../approvals/roles.ts';
import { unauthenticated } from './builder.ts';
import type { Context } from './context.ts';
import type { Principal } from './principal.ts';

/** What a field asks of whoever asks for it. */
export interface Need {
  readonly role: Role;
  /** The person has logged in or confirmed within the last quarter of an hour; no key ever has. */
  readonly fresh?: true;
}

const VIEWER: Need = { role: 'viewer' };
const TRADER: Need = { role: 'trader' };
const FRESH_OFFICER: Need = { role: 'risk_officer', fresh: true };
const FRESH_ADMIN: Need = { role: 'admin', fresh: true };

/**
 * The least role for every field that an operation can begin with. There is no other place that decides it, and no default: the server does not
 * start while a field is missing here. What an object holds further inside is reached only through one of these.
 */
export const NEEDS: { readonly [type in 'Query' | 'Mutation' | 'Subscription']: Readonly<Record<string, Need>> } = {
  Query: {
    alertChannels: VIEWER,
    alerts: VIEWER,
    apiKeys: VIEWER,
    brakes: VIEWER,
    cloneModel: VIEWER,
    compareRuns: VIEWER,
    controls: VIEWER,
    ensembles: VIEWER,
    equity: VIEWER,
    health: VIEWER,
    indicators: VIEWER,
    instruments: VIEWER,
    journal: VIEWER,
    limits: VIEWER,
    model: VIEWER,
    modelDrift: VIEWER,
    modelFeatures: VIEWER,
    modelOutcomes: VIEWER,
    models: VIEWER,
    node: VIEWER,
    optionAssumptions: VIEWER,
    optionChain: VIEWER,
    optionContract: VIEWER,
    optionPayoff: VIEWER,
    order: VIEWER,
    orders: VIEWER,
    overview: VIEWER,
    people: VIEWER,
    positions: VIEWER,
    predictions: VIEWER,
    proposals: VIEWER,
    recommendation: VIEWER,
    recommendationAgreement: VIEWER,
    recommendations: VIEWER,
    restrictions: VIEWER,
    retrainings: VIEWER,
    run: VIEWER,
    runs: VIEWER,
    series: VIEWER,
    strategies: VIEWER,
    strategy: VIEWER,
    strategyLimits: VIEWER,
    strategyParity: VIEWER,
    strategyTemplates: VIEWER,
    sweep: VIEWER,
    sweeps: VIEWER,
    walkForward: VIEWER,
    walkForwards: VIEWER,
    training: VIEWER,
    trainings: VIEWER,
    viewer: VIEWER,
  },
  Mutation: {
    abortRun: TRADER,
    abortSweep: TRADER,
    abortWalkForward: TRADER,
    abortTraining: TRADER,
    acknowledgeAlert: TRADER,
    approveChange: FRESH_OFFICER,
    // A person, whom the engine asks for itself: a trader may place the very order by hand.
    approveRecommendation: TRADER,
    backtestSet: TRADER,
    cancelOrder: TRADER,
    changePassword: { role: 'viewer', fresh: true },
    configureStrategy: TRADER,
    createApiKey: { role: 'viewer', fresh: true },
    createStrategy: TRADER,
    disableStrategy: TRADER,
    dismissRetraining: TRADER,
    // Its strategies keep what they have: nothing is let through.
    dissolveEnsemble: TRADER,
    enableStrategy: TRADER,
    endSessions: { role: 'viewer', fresh: true },
    // Stopping is never harder than it must be: no fresh log-in, and a key may do it.
    engageKillSwitch: TRADER,
    freezeModel: TRADER,
    invitePerson: FRESH_ADMIN,
    inviteAgain: FRESH_ADMIN,
    killStrategy: TRADER,
    // Writes nothing: it tells another server what this one has recorded.
    makePaperRecord: TRADER,
    placeOrder: TRADER,
    previewOrder: VIEWER,
    // A shadow's promotion only asks: what makes it champion is another person's approval.
    promoteModel: { role: 'trader', fresh: true },
    proposeAcceptance: TRADER,
    // Real money: whoever proposes it is at the keyboard now, as is the officer who approves.
    proposePromotion: { role: 'trader', fresh: true },
    // Asks the provider and fills tables: nothing of the account moves.
    refreshOptionChain: TRADER,
    // The proposer takes their own back; the rest is looked at with the proposal.
    reduceRecommendation: TRADER,
    rejectChange: TRADER,
    rejectRecommendation: TRADER,
    // A brake that waits for a person: whoever lets it go must be the one who looks after risk, at the keyboard now.
    releaseBrake: FRESH_OFFICER,
    // Proposes; what makes it happen is another person's approval.
    releaseKillSwitch: TRADER,
    // As `releaseKillSwitch`.
    releaseStrategy: TRADER,
    removePerson: FRESH_ADMIN,
    replaceOrder: TRADER,
    restrictSymbols: TRADER,
    // Stopping a model pauses what it trades: as easy as stopping a strategy.
    retireModel: TRADER,
    revokeApiKey: VIEWER,
    // Another model trades from now on, at one person's word.
    rollBackModel: FRESH_OFFICER,
    runBacktest: TRADER,
    // Never beyond what each was allotted by itself, which is what was approved.
    setEnsemble: TRADER,
    setLimit: TRADER,
    setOptionAssumptions: TRADER,
    setPersonRole: FRESH_ADMIN,
    // Restricts at once; the other way it proposes.
    setStrategyExecution: TRADER,
    setStrategyLimit: TRADER,
    startRetraining: TRADER,
    startSweep: TRADER,
    startWalkForward: TRADER,
    trainModel: TRADER,
  },
  Subscription: {
    alerts: VIEWER,
    controls: VIEWER,
    equity: VIEWER,
    health: VIEWER,
    journal: VIEWER,
    orders: VIEWER,
    positions: VIEWER,
    recommendations: VIEWER,
    runProgress: VIEWER,
    strategies: VIEWER,
    sweepProgress: VIEWER,
    walkForwardProgress: VIEWER,
    trainingProgress: VIEWER,
  },
};

export const forbidden = (least: Role, has: Role): GraphQLError =>
  new GraphQLError(`This needs the role ${ROLE_NAMES[least]}; yours is ${ROLE_NAMES[has]}. An admin gives roles, on the page People.`, {
    extensions: { code: 'FORBIDDEN', http: { status: 403 } },
  });

export const notFresh = (kind: Principal['kind']): GraphQLError =>
  new GraphQLError(
    kind === 'api-key'
      ? 'This needs a person who has just logged in: an API key cannot do it.'
      : 'Confirm that it is you: your last log-in is longer ago than 15 minutes.',
    { extensions: { code: 'CONFIRM_LOGIN', http: { status: 403 } } },
  );

/** Whether the session behind a principal was confirmed a short time ago. Asked anew each time: a socket lives for days. */
export async function isFresh({ proof, kind }: Principal, { people }: Pick<Context, 'people'>): Promise<boolean> {
  if (kind !== 'person') return false;
  const confirmedAt = await people.confirmedAt(proof);
  return confirmedAt !== undefined && people.now() - confirmedAt <= FRESH_MS && people.now() >= confirmedAt;
}

/** Throws where the need is not met. */
export async function authorize({ role, fresh }: Need, context: Context): Promise<void> {
  const { principal } = context;
  if (principal === undefined) throw unauthenticated();
  if (!atLeast(principal.role, role)) throw forbidden(role, principal.role);
  if (fresh === true && !(await isFresh(principal, context))) throw notFresh(principal.kind);
}

const sentenceOf = ({ role, fresh }: Need): string => `Needs the role ${ROLE_NAMES[role]}${fresh === true ? ' and a fresh log-in' : ''}.`;

type Field = GraphQLField<unknown, Context>;

function guard(field: Field, need: Need, step: 'resolve' | 'subscribe'): void {
  const inner: GraphQLFieldResolver<unknown, Context> = field[step] ?? defaultFieldResolver;
  field[step] = async (source, args: Record<string, unknown>, context, info): Promise<unknown> => {
    await authorize(need, context);
    return inner(source, args, context, info);
  };
  if (need.role !== 'viewer' || need.fresh === true)
    field.description = [field.description, sentenceOf(need)].filter((text) => text !== undefined && text !== null).join(' ');
}

/** Puts the table before every root field. Throws `Invariant: …` where the table and the schema name different fields. */
export function withAuthorization(schema: GraphQLSchema): GraphQLSchema {
  const roots = { Query: schema.getQueryType(), Mutation: schema.getMutationType(), Subscription: schema.getSubscriptionType() } as const;
  for (const name of ['Query', 'Mutation', 'Subscription'] as const) {
    const fields: Record<string, Field> = roots[name]?.getFields() ?? {};
    const needs = NEEDS[name];
    const odd = [
      ...Object.keys(fields).filter((field) => !Object.hasOwn(needs, field)),
      ...Object.keys(needs).filter((field) => fields[field] === undefined),
    ];
    if (odd.length > 0)
      throw new Error(`Invariant: graphql/authorization.ts and the schema agree on the fields of ${name}: ${odd.join(', ')}`);
    for (const [field, need] of Object.entries(needs)) {
      const guarded = fields[field];
      if (guarded !== undefined) guard(guarded, need, name === 'Subscription' ? 'subscribe' : 'resolve');
    }
  }
  return schema;
}
