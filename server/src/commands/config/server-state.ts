import { ROLES } from '../../approvals/roles.ts';
import type { Role } from '../../approvals/roles.ts';
import type { ChangeLine } from '../../approvals/words.ts';
import type { RulesFile } from '../../alerts/channel-settings.ts';
import { TIMEFRAMES } from '../../market-data/bar.ts';
import type { Timeframe } from '../../market-data/bar.ts';
import type { LimitName } from '../../risk/limits.ts';
import type { RestrictionList } from '../../risk/restrictions.ts';
import { EXECUTION_MODES } from '../../strategies/execution.ts';
import type { ExecutionMode } from '../../strategies/execution.ts';
import type { DeskApi } from '../desk-api.ts';
import { parseAlertRules } from '../settings/alert-rules.ts';
import { PROPOSALS, REST, STRATEGIES, STRATEGY_LIMITS } from './documents.ts';

export interface ServerStrategy {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly template: string;
  readonly isRunning: boolean;
  readonly parameters: Readonly<Record<string, string>>;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly allocation: string;
  readonly size: string;
  readonly execution: ExecutionMode;
  readonly waitMinutes: number;
  /** Those that were set for it. */
  readonly limits: ReadonlyMap<LimitName, string>;
}
export interface ServerLimit {
  readonly name: LimitName;
  readonly title: string;
  readonly unit: string;
  readonly value: string;
  readonly default: string;
  readonly ceiling: string | null;
  readonly looser: string;
}
export interface ServerPerson {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}
export interface OpenProposal {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly before: string | null; readonly after: string }[];
}

/** What the files are about, as a server has it now. */
export interface ServerState {
  readonly viewer: { readonly kind: string; readonly personId: string; readonly role: Role };
  readonly strategies: ReadonlyMap<string, ServerStrategy>;
  readonly limits: ReadonlyMap<LimitName, ServerLimit>;
  readonly restrictions: Readonly<Record<RestrictionList, readonly string[]>>;
  readonly people: readonly ServerPerson[];
  readonly alertRules: { readonly yaml: string; readonly file: RulesFile };
  readonly proposals: readonly OpenProposal[];
  readonly symbols: ReadonlySet<string>;
}

interface StrategyNode {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly template: string;
  readonly state: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly symbols: readonly string[];
  readonly timeframe: string;
  readonly allocation: string;
  readonly size: string;
  readonly executionMode: string;
  readonly waitMinutes: number;
}
interface StrategyPage {
  readonly strategies: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly { readonly node: StrategyNode }[];
  };
}
interface Rest {
  readonly viewer: { readonly kind: string; readonly personId: string; readonly role: string };
  readonly limits: readonly ServerLimit[];
  readonly restrictions: ServerState['restrictions'];
  readonly people: readonly { readonly id: string; readonly name: string; readonly role: string }[];
  readonly alertRules: { readonly yaml: string };
  readonly instruments: readonly { readonly symbol: string }[];
}
interface Proposals {
  readonly proposals: { readonly edges: readonly { readonly node: OpenProposal }[] };
}

/** `1Day` as the API says it: `DAY1`. */
export const wireTimeframe = (timeframe: Timeframe): string => timeframe.replace(/^(\d+)(.*)$/, '$2$1').toUpperCase();

/** A word of the API as one of ours. Throws where the server is a later one that knows more. */
function known<T extends string>(what: string, word: string, all: readonly T[], wire: (one: T) => string): T {
  const found = all.find((one) => wire(one) === word);
  if (found === undefined)
    throw new Error(`The server knows the ${what} ${word}, which this command does not: use the server's own version of tidemark`);
  return found;
}
const upper = (word: string): string => word.toUpperCase();
const roleOf = (word: string): Role => known('role', word, ROLES, upper);

async function readStrategies(api: DeskApi): Promise<ReadonlyMap<string, ServerStrategy>> {
  const found = new Map<string, ServerStrategy>();
  let after: string | null = null;
  do {
    const page: StrategyPage = await api.query<StrategyPage>(STRATEGIES, { after });
    for (const { node } of page.strategies.edges) {
      const { strategyLimits } = await api.query<{ strategyLimits: readonly { name: LimitName; value: string }[] }>(STRATEGY_LIMITS, {
        id: node.id,
      });
      const { state, executionMode, timeframe, parameters, ...rest } = node;
      found.set(node.name, {
        ...rest,
        isRunning: state === 'PAPER' || state === 'LIVE',
        parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
        timeframe: known('timeframe', timeframe, TIMEFRAMES, wireTimeframe),
        execution: known('execution mode', executionMode, EXECUTION_MODES, upper),
        limits: new Map(strategyLimits.map(({ name, value }) => [name, value])),
      });
    }
    after = page.strategies.pageInfo.hasNextPage ? page.strategies.pageInfo.endCursor : null;
  } while (after !== null);
  return found;
}

export async function readServer(api: DeskApi): Promise<ServerState> {
  const { viewer, limits, restrictions, people, alertRules, instruments } = await api.query<Rest>(REST);
  const strategies = await readStrategies(api);
  const { proposals } = await api.query<Proposals>(PROPOSALS);
  return {
    viewer: { ...viewer, role: roleOf(viewer.role) },
    strategies,
    limits: new Map(limits.map((limit) => [limit.name, limit])),
    restrictions,
    people: people.map((person) => ({ ...person, role: roleOf(person.role) })),
    alertRules: { ...alertRules, file: parseAlertRules(alertRules.yaml, 'the rules of the server') },
    proposals: proposals.edges.map(({ node }) => node),
    symbols: new Set(instruments.map(({ symbol }) => symbol)),
  };
}

/** The proposal that says exactly this and waits for a second person. */
export const openProposal = ({ proposals }: ServerState, title: string, lines: readonly ChangeLine[]): OpenProposal | undefined =>
  proposals.find(
    (one) =>
      one.title === title &&
      one.lines.length === lines.length &&
      lines.every(({ label, before, after }, index) => {
        const line = one.lines[index];
        return line?.label === label && (line.before ?? undefined) === before && line.after === after;
      }),
  );
