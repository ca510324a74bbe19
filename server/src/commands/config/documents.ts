/** What `export` and `apply` ask of a server. Collected here, since a server that takes nothing but trusted documents from people takes these. */
export const STRATEGIES = `query ($after: String) { strategies(first: 100, after: $after) { pageInfo { hasNextPage endCursor } edges { node {
  id name version template state parameters { name value } symbols timeframe allocation size executionMode waitMinutes } } } }`;
export const STRATEGY_LIMITS = 'query ($id: String!) { strategyLimits(strategyId: $id) { name value } }';
export const REST = `{ viewer { kind personId role } limits { name title unit value default ceiling looser } restrictions { denied allowed excepted }
  people { id name role } alertRules { yaml } instruments { symbol } }`;
export const PROPOSALS = '{ proposals(open: true, first: 500) { edges { node { id title lines { label before after } } } } }';
export const VERSION = `query ($version: String!) { strategyVersion(version: $version) { parameters { name kind default min max choices description } } }`;

const ERRORS = '__typename ... on Error { message } ... on InvalidInputError { hint }';
const PROPOSED = '... on ProposalPayload { proposal { id } }';
export const MUTATIONS = {
  create: `mutation ($input: CreateStrategyInput!) { answer: createStrategy(input: $input) { ${ERRORS} ... on StrategyPayload { strategy { id } } } }`,
  configure: `mutation ($input: ConfigureStrategyInput!) { answer: configureStrategy(input: $input) { ${ERRORS} } }`,
  execution: `mutation ($input: SetStrategyExecutionInput!) { answer: setStrategyExecution(input: $input) { ${ERRORS} ${PROPOSED} } }`,
  enable: 'mutation ($id: ID!) { answer: enableStrategy(id: $id) { __typename ... on Error { message } } }',
  disable: `mutation ($id: ID!, $reason: String!) { answer: disableStrategy(id: $id, reason: $reason) { __typename ... on Error { message } } }`,
  limit: `mutation ($input: SetLimitInput!) { answer: setLimit(input: $input) { ${ERRORS} ${PROPOSED} } }`,
  strategyLimit: `mutation ($input: SetStrategyLimitInput!) { answer: setStrategyLimit(input: $input) { ${ERRORS} ${PROPOSED} } }`,
  symbols: `mutation ($input: RestrictSymbolsInput!) { answer: restrictSymbols(input: $input) { ${ERRORS} ${PROPOSED} } }`,
  role: `mutation ($id: ID!, $role: Role!) { answer: setPersonRole(id: $id, role: $role) { __typename ... on Error { message } } }`,
} as const;

/** All of them, as texts. */
export const COMMAND_DOCUMENTS: readonly string[] = [STRATEGIES, STRATEGY_LIMITS, REST, PROPOSALS, VERSION, ...Object.values(MUTATIONS)];
