/** What a reader wants of a page: to learn, to get something done, to look something up, or to understand. */
export interface Group {
  readonly name: string;
  /** Markdown files from the root of the repository, in reading order. */
  readonly sources: readonly string[];
}

export const HOME = 'docs/README.md';
export const DECISIONS = 'adr/README.md';

/** Every document stands in one group, once: the test of the site says which is missing. Pages of the API are generated, see `reference.ts`. */
export const GROUPS: readonly Group[] = [
  { name: 'Tutorial', sources: ['README.md', 'docs/tutorial.md'] },
  {
    name: 'How-to',
    sources: [
      'docs/how-to/add-a-strategy.md',
      'docs/how-to/keep-settings-in-files.md',
      'docs/how-to/log-in-by-passkey.md',
      'docs/how-to/look-after-a-model.md',
      'docs/how-to/monitor-the-server.md',
      'docs/how-to/put-the-dashboard-elsewhere.md',
      'docs/how-to/reach-it-by-tls.md',
      'docs/how-to/run-several-instances.md',
      'docs/how-to/upgrade-and-go-back.md',
      'docs/how-to/add-an-indicator.md',
      'docs/how-to/add-a-broker.md',
      'docs/how-to/add-a-page.md',
      'docs/runbooks/kill-switch.md',
      'docs/runbooks/broker-down.md',
      'docs/runbooks/difference-found.md',
      'docs/runbooks/key-rotation.md',
      'docs/runbooks/restore-from-backup.md',
    ],
  },
  {
    name: 'Reference',
    sources: [
      'docs/command-line.md',
      'docs/agents.md',
      'docs/dashboard.md',
      'docs/api.md',
      'schema/README.md',
      'docs/risk-policy.md',
      'docs/backtests.md',
      'docs/report.md',
      'docs/statistics.md',
      'docs/options.md',
      'docs/alerts.md',
      'docs/broker-alpaca.md',
      'docs/exchange.md',
      'docs/data-contracts.md',
      'server/sample-data/README.md',
    ],
  },
  {
    name: 'Explanation',
    sources: [
      'docs/architecture.md',
      'docs/security.md',
      'docs/optimisation.md',
      'docs/research.md',
      'docs/models.md',
      'docs/simulation.md',
      'docs/incidents.md',
      'docs/performance.md',
      DECISIONS,
    ],
  },
];

/** Where the generated pages of the API stand. */
export const REFERENCE = { name: 'The API, word by word', after: 'Reference' } as const;

/** Files that documents link to and that are published as they are. */
const FILES: Readonly<Record<string, string>> = {
  'schema/schema.graphql': 'schema.graphql.txt',
  LICENSE: 'licence.txt',
  'docs/how-to/limits-of-agents/limits.yaml': 'limits-of-agents.yaml.txt',
  'docs/images/overview.png': 'images/overview.png',
};

/** Where a source of the repository is found on the site, from its root; undefined where it is not published. */
export function addressOf(source: string): string | undefined {
  if (source === HOME) return 'index.html';
  if (source === 'README.md') return 'start.html';
  if (source === 'server/sample-data/README.md') return 'sample-data.html';
  if (source === 'schema/README.md') return 'schema-package.html';
  if (source === 'adr' || source === DECISIONS) return 'adr/index.html';
  const page = /^(?:docs\/(?<document>.+)|(?<decision>adr\/.+))\.md$/.exec(source)?.groups;
  const path = page?.['document'] ?? page?.['decision'];
  return path === undefined ? FILES[source] : `${path}.html`;
}

export const PUBLISHED_FILES: readonly string[] = Object.keys(FILES);
