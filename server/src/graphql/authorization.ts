import { defaultFieldResolver, GraphQLError } from 'graphql';
import type { GraphQLField, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { atLeast, FRESH_MS, ROLE_NAMES } from '../approvals/roles.ts';
import type { Role } from '../approvals/roles.ts';
import type { Scope } from '../approvals/keys.ts';
import { unauthenticated } from './builder.ts';
import type { Context } from './context.ts';
import type { Principal } from './principal.ts';

/** What a field asks of whoever asks for it. */
export interface Need {
  readonly role: Role;
  /** Of a key the scope; a person needs none, and what is `person` no key may. */
  readonly of: Scope | 'person';
  /** False where whoever decides must not be an agent. */
  readonly agents?: false;
  /** The person has logged in or confirmed within the last quarter of an hour; no key ever has. */
  readonly fresh?: true;
}

const VIEWER: Need = { role: 'viewer', of: 'read' };
/** What is one's own: for people, never for their programs. */
const SELF: Need = { role: 'viewer', of: 'person' };
const FRESH_SELF: Need = { ...SELF, fresh: true };
const TRADER: Need = { role: 'trader', of: 'trade' };
/** Lets less risk through, or as much: never harder than it must be. */
const STOPPER: Need = { role: 'trader', of: 'stop' };
/** Moves nothing: a person decides. */
const PROPOSER: Need = { role: 'trader', of: 'propose' };
/** Of one's own agents: no program lets another go on. */
const TRADING_PERSON: Need = { role: 'trader', of: 'person' };
const FRESH_TRADER: Need = { role: 'trader', of: 'person', fresh: true };
/** Costs time of the machine, and moves nothing of the account. */
const RESEARCHER: Need = { role: 'trader', of: 'research' };
/** What a person is asked for: no agent answers in their place. */
const DECIDER: Need = { ...TRADER, agents: false };
const FRESH_OFFICER: Need = { role: 'risk_officer', of: 'person', fresh: true };
const FRESH_ADMIN: Need = { role: 'admin', of: 'person', fresh: true };

/**
 * The least role for every field that an operation can begin with. There is no other place that decides it, and no default: the server does not
 * start while a field is missing here. What an object holds further inside is reached only through one of these.
 */
export const NEEDS: { readonly [type in 'Query' | 'Mutation' | 'Subscription']: Readonly<Record<string, Need>> } = {
  Query: {
    agent: VIEWER,
    agentCalls: VIEWER,
    // Of the agent that asks, or of one's own: the resolver looks at whose it is.
    agentMemory: VIEWER,
    agentModel: VIEWER,
    agentRoles: VIEWER,
    agentRun: VIEWER,
    agents: VIEWER,
    alertChannels: VIEWER,
    alertRules: VIEWER,
    alerts: VIEWER,
    apiKeys: VIEWER,
    brakes: VIEWER,
    changeProposals: VIEWER,
    cloneModel: VIEWER,
    compareRuns: VIEWER,
    controls: VIEWER,
    ensembles: VIEWER,
    equity: VIEWER,
    health: VIEWER,
    indicators: VIEWER,
    instruments: VIEWER,
    journal: VIEWER,
    journalCheck: VIEWER,
    limits: VIEWER,
    model: VIEWER,
    modelDrift: VIEWER,
    modelFeatures: VIEWER,
    modelOutcomes: VIEWER,
    modelWhatIf: VIEWER,
    models: VIEWER,
    node: VIEWER,
    optionAssumptions: VIEWER,
    optionChain: VIEWER,
    optionContract: VIEWER,
    optionPayoff: VIEWER,
    order: VIEWER,
    orders: VIEWER,
    overview: VIEWER,
    passkeys: SELF,
    people: VIEWER,
    positions: VIEWER,
    predictions: VIEWER,
    proposals: VIEWER,
    recoveryCodesLeft: SELF,
    recommendation: VIEWER,
    recommendationAgreement: VIEWER,
    recommendations: VIEWER,
    restrictions: VIEWER,
    retrainings: VIEWER,
    run: VIEWER,
    runs: VIEWER,
    secondFactor: SELF,
    series: VIEWER,
    sessions: SELF,
    strategies: VIEWER,
    strategy: VIEWER,
    strategyBands: VIEWER,
    strategyConfigurations: VIEWER,
    strategyLimits: VIEWER,
    strategyParity: VIEWER,
    strategyTemplates: VIEWER,
    strategyVersion: VIEWER,
    strategyVersions: VIEWER,
    studyPace: VIEWER,
    sweep: VIEWER,
    sweeps: VIEWER,
    walkForward: VIEWER,
    walkForwards: VIEWER,
    training: VIEWER,
    trainings: VIEWER,
    viewer: VIEWER,
  },
  Mutation: {
    abortRun: RESEARCHER,
    abortSweep: RESEARCHER,
    abortWalkForward: RESEARCHER,
    abortTraining: RESEARCHER,
    acknowledgeAlert: TRADER,
    approveChange: FRESH_OFFICER,
    // What it does is authorised once more as the mutation that it stands for.
    approveChangeProposal: FRESH_TRADER,
    // A person, whom the engine asks for itself: a trader may place the very order by hand.
    approveRecommendation: DECIDER,
    backtestSet: RESEARCHER,
    // Of oneself: whoever came by a browser that was left open proves first who they are.
    beginPasskey: FRESH_SELF,
    beginSecondFactor: FRESH_SELF,
    cancelOrder: TRADER,
    changePassword: FRESH_SELF,
    configureStrategy: TRADER,
    confirmPasskey: FRESH_SELF,
    confirmSecondFactor: FRESH_SELF,
    // As a key, and of a trader: whoever may stop things himself makes what stops them.
    createAgent: FRESH_TRADER,
    createApiKey: FRESH_SELF,
    createStrategy: RESEARCHER,
    disableStrategy: STOPPER,
    dismissRetraining: RESEARCHER,
    // Its strategies keep what they have: nothing is let through.
    dissolveEnsemble: TRADER,
    enableStrategy: TRADER,
    // Ending one's own is never harder than it must be.
    endSession: SELF,
    endSessions: FRESH_SELF,
    // Stopping is never harder than it must be: no fresh log-in, and a key may do it.
    engageKillSwitch: STOPPER,
    // Of one's own agents: a text is as private as what it was told.
    eraseAgentMemory: SELF,
    // Thawing is not for a key that only stops: the resolver asks.
    freezeModel: STOPPER,
    invitePerson: FRESH_ADMIN,
    inviteAgain: FRESH_ADMIN,
    killStrategy: STOPPER,
    // Writes nothing: it tells another server what this one has recorded.
    makePaperRecord: TRADER,
    makeRecoveryCodes: FRESH_SELF,
    pauseAgent: { ...STOPPER, agents: false },
    pauseApiKey: SELF,
    pauseEntries: STOPPER,
    placeOrder: TRADER,
    previewOrder: VIEWER,
    // An agent, which the resolver asks for itself: it changes nothing but what that agent reads again, so that each one may.
    rememberAsAgent: VIEWER,
    // A shadow's promotion only asks: what makes it champion is another person's approval.
    promoteModel: FRESH_TRADER,
    proposeAcceptance: TRADER,
    // An agent, which the resolver asks for itself, as the next one.
    proposeChange: PROPOSER,
    // An agent, which the resolver asks for itself: whoever may place orders has no need to ask for them.
    proposeOrder: PROPOSER,
    // Real money: whoever proposes it is at the keyboard now, as is the officer who approves.
    proposePromotion: FRESH_TRADER,
    // Asks the provider and fills tables: nothing of the account moves.
    refreshOptionChain: RESEARCHER,
    // The proposer takes their own back; the rest is looked at with the proposal.
    reduceRecommendation: DECIDER,
    rejectChange: TRADER,
    rejectChangeProposal: DECIDER,
    rejectRecommendation: TRADER,
    // A brake that waits for a person: whoever lets it go must be the one who looks after risk, at the keyboard now.
    releaseBrake: FRESH_OFFICER,
    // Proposes; what makes it happen is another person's approval.
    releaseKillSwitch: TRADER,
    // These as `releaseKillSwitch`.
    releasePause: TRADER,
    releaseStrategy: TRADER,
    removePasskey: FRESH_SELF,
    removePerson: FRESH_ADMIN,
    removeSecondFactor: FRESH_SELF,
    // A name opens nothing.
    renamePasskey: SELF,
    replaceOrder: TRADER,
    resetSecondFactor: FRESH_ADMIN,
    // Tightens; what would loosen is proposed, and not by a key that only stops.
    restrictSymbols: STOPPER,
    // Stopping a model pauses what it trades: as easy as stopping a strategy.
    resumeAgent: TRADING_PERSON,
    resumeApiKey: FRESH_SELF,
    retireModel: TRADER,
    revokeApiKey: SELF,
    // Another model trades from now on, at one person's word.
    rollBackModel: FRESH_OFFICER,
    runAgent: TRADING_PERSON,
    runBacktest: RESEARCHER,
    // Never beyond what each was allotted by itself, which is what was approved.
    setEnsemble: TRADER,
    // Keeps a module: nothing trades by it.
    saveStrategyVersion: PROPOSER,
    // These as `restrictSymbols`.
    setLimit: STOPPER,
    setOptionAssumptions: TRADER,
    setPersonRole: FRESH_ADMIN,
    // Restricts at once; the other way it proposes.
    setStrategyExecution: TRADER,
    setStrategyLimit: STOPPER,
    startRetraining: RESEARCHER,
    startSweep: RESEARCHER,
    startWalkForward: RESEARCHER,
    trainModel: RESEARCHER,
    // Of what was proposed by an agent itself, or by one's own: looked at with the recommendation.
    withdrawChangeProposal: PROPOSER,
    withdrawRecommendation: PROPOSER,
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

export const refusedKey = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'FORBIDDEN', http: { status: 403 } } });

/** The half of a field that loosens is for people, and for programs that may trade: a key that only proposes and stops undoes no stop. Throws where it asks. */
export function refuseLoosening({ key }: Pick<Principal, 'key'>): void {
  if (key?.scopes.includes('trade') === false)
    throw refusedKey('This lets more risk through, and this key only proposes and stops: a person raises and releases.');
}

/** A key does no more than its scopes say, whatever its role. */
function authorizeKey({ of, agents, fresh }: Need, { kind, scopes }: NonNullable<Principal['key']>): void {
  if (fresh === true) throw notFresh('api-key');
  if (of === 'person') throw refusedKey('This is for people: an API key cannot do it.');
  if (agents === false && kind === 'agent')
    throw refusedKey('An agent approves nothing: this is for people, and for programs that do as they were told.');
  if (!scopes.includes(of))
    throw refusedKey(`This key has the scopes ${scopes.join(', ')}, and this needs ${of}. Make a key that has it, on the page Security.`);
}

/** Whether role and scopes of a principal meet a need. A fresh log-in is not asked for: a person can have one in a moment. */
export function isAllowed(need: Need, { role, key }: Pick<Principal, 'role' | 'key'>): boolean {
  if (!atLeast(role, need.role)) return false;
  if (key === undefined) return true;
  return need.fresh !== true && need.of !== 'person' && !(need.agents === false && key.kind === 'agent') && key.scopes.includes(need.of);
}

/** Whether a principal may stop trading at all. */
export const mayStop = (principal: Pick<Principal, 'role' | 'key'>): boolean => isAllowed(STOPPER, principal);

/** Whether the session behind a principal was confirmed a short time ago. Asked anew each time: a socket lives for days. */
export async function isFresh({ proof, kind }: Principal, { people }: Pick<Context, 'people'>): Promise<boolean> {
  if (kind !== 'person') return false;
  const confirmedAt = await people.confirmedAt(proof);
  return confirmedAt !== undefined && people.now() - confirmedAt <= FRESH_MS && people.now() >= confirmedAt;
}

/** Throws where the need is not met. */
export async function authorize(need: Need, context: Context): Promise<void> {
  const { role, fresh } = need;
  const { principal } = context;
  if (principal === undefined) throw unauthenticated();
  if (!atLeast(principal.role, role)) throw forbidden(role, principal.role);
  if (principal.key !== undefined) authorizeKey(need, principal.key);
  if (fresh === true && !(await isFresh(principal, context))) throw notFresh(principal.kind);
}

const sentenceOf = ({ role, of, fresh }: Need): string => {
  const least = `Needs the role ${ROLE_NAMES[role]}${fresh === true ? ' and a fresh log-in' : ''}`;
  return of === 'person' ? `${least}; for people, not for keys.` : `${least}; of a key, the scope ${of}.`;
};

type Field = GraphQLField<unknown, Context>;

function guard(field: Field, need: Need, step: 'resolve' | 'subscribe'): void {
  const inner: GraphQLFieldResolver<unknown, Context> = field[step] ?? defaultFieldResolver;
  field[step] = async (source, args: Record<string, unknown>, context, info): Promise<unknown> => {
    await authorize(need, context);
    return inner(source, args, context, info);
  };
  if (need.of !== 'read')
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
