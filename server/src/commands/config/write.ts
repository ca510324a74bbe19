import { stringify } from 'yaml';
import type { FileName } from './files.ts';
import type { ServerLimit, ServerState, ServerStrategy } from './server-state.ts';
import { spelledRole } from './shapes.ts';

const HEADERS: Readonly<Record<FileName, string>> = {
  'strategies.yaml': `# Strategies, by name. tidemark apply makes those that are not there, and changes the others; what is left out stays as it is.
#   version      SHA-256 of the module that decides. Another version is another strategy
#   timeframe    how long a bar is
#   parameters   of the module, in its own units
#   allocation   share of equity that it may hold: 0.2 is 20 %
#   size         what an exposure of 1 becomes: equity:0.08 is 8 % of equity a symbol, units:100 is 100 units
#   execution    automatic; recommend: each entry waits for a person; shadow: nothing is sent. Back to automatic takes a second person
#   waitMinutes  how long a recommendation waits, in minutes
#   enabled      whether it runs. One that runs is not changed: write false first. On a live account only what two people have promoted can run
`,
  'limits.yaml': `# Limits. Ratios are shares (0.02 is 2 %), of what the policy says of each; usd are dollars, ms milliseconds, counts whole numbers.
# Tightening holds at once. Loosening asks a second person, and nobody goes beyond a ceiling. What is left out stays as it is.
`,
  'users.yaml': `# Roles of people who are there already: viewer, trader, risk-officer or admin. Nobody is invited or removed by this file, and nobody changes
# a role of their own. It takes an admin who logs in: tidemark apply --as NAME.
`,
  'alerts.yaml': `# Which alert goes where, and when. Times are like 30s, 10m or 2h; hours of the day are in the time zone that is named. Addresses and secrets of
# webhooks are in the environment of the server: here are the names of the variables. The server reads this when it starts.
`,
};

/** As YAML writes a text; a decimal stays bare, since these files are read as text. */
const scalar = (text: string): string => (/^-?\d+(?:\.\d+)?$/.test(text) ? text : stringify(text, { lineWidth: 0 }).trimEnd());

const list = (items: readonly string[]): string => `[${items.map(scalar).join(', ')}]`;

/** `key: value` lines under a key, or an empty map. */
const block = (indent: string, key: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [`${indent}${key}: {}`] : [`${indent}${key}:`, ...lines.map((line) => `${indent}  ${line}`)];

const byName = (strategies: ServerState['strategies']): readonly ServerStrategy[] =>
  [...strategies.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));

const strategyLines = (strategy: ServerStrategy): readonly string[] => {
  const { name, version, template, timeframe, symbols, parameters, allocation, size, execution, waitMinutes, isRunning } = strategy;
  const pairs = Object.entries(parameters).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return block('', scalar(name), [
    `version: ${version} # ${template.replaceAll(/\s+/g, ' ')}`,
    `timeframe: ${timeframe}`,
    `symbols: ${list(symbols)}`,
    ...block(
      '',
      'parameters',
      pairs.map(([key, value]) => `${scalar(key)}: ${scalar(value)}`),
    ),
    `allocation: ${allocation}`,
    `size: ${size}`,
    `execution: ${execution}`,
    ...(execution === 'recommend' ? [`waitMinutes: ${waitMinutes}`] : []),
    `enabled: ${isRunning}`,
  ]);
};

const boundsOf = ({ title, unit, ceiling, looser, default: usual }: ServerLimit): string =>
  `${title}; ${unit}, by default ${usual}${ceiling === null ? '' : `, ${looser === 'higher' ? 'at most' : 'at least'} ${ceiling}`}; looser is ${looser}`;

function limitLines({ limits, strategies, restrictions }: ServerState): readonly string[] {
  const ofStrategies = byName(strategies).flatMap(({ name, limits: own }) =>
    own.size === 0
      ? []
      : block(
          '',
          scalar(name),
          [...own].map(([limit, value]) => `${limit}: ${value}`),
        ),
  );
  return [
    ...block(
      '',
      'account',
      [...limits.values()].map((limit) => `${limit.name}: ${limit.value} # ${boundsOf(limit)}`),
    ),
    '# Of one strategy: of these and the account’s the tighter hold. A limit that was set once can be changed, and not be taken away.',
    ...block('', 'strategies', ofStrategies),
    '# denied is not opened. Where allowed is not empty nothing else is opened. excepted is let through outside of exchanges, or with leverage.',
    ...block('', 'symbols', [
      `denied: ${list(restrictions.denied)}`,
      `allowed: ${list(restrictions.allowed)}`,
      `excepted: ${list(restrictions.excepted)}`,
    ]),
  ];
}

const userLines = ({ people }: ServerState): readonly string[] =>
  people.toSorted((left, right) => (left.name < right.name ? -1 : 1)).map(({ name, role }) => `${scalar(name)}: ${spelledRole(role)}`);

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** The four files of a server: the same bytes for the same settings, and nothing that opens anything. */
export function configurationFiles(state: ServerState): Readonly<Record<FileName, string>> {
  const bodies = {
    'strategies.yaml': text(block('', 'strategies', byName(state.strategies).flatMap(strategyLines))),
    'limits.yaml': text(limitLines(state)),
    'users.yaml': text(block('', 'users', userLines(state))),
    'alerts.yaml': state.alertRules.yaml,
  };
  return {
    'strategies.yaml': HEADERS['strategies.yaml'] + bodies['strategies.yaml'],
    'limits.yaml': HEADERS['limits.yaml'] + bodies['limits.yaml'],
    'users.yaml': HEADERS['users.yaml'] + bodies['users.yaml'],
    'alerts.yaml': HEADERS['alerts.yaml'] + bodies['alerts.yaml'],
  };
}
