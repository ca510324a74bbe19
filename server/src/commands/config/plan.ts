import type { ParameterSpec } from '@tidemark/compute/types';
import type { DeskApi } from '../desk-api.ts';
import { inOrder } from './change.ts';
import type { Plan, PlannedChange } from './change.ts';
import { VERSION } from './documents.ts';
import type { Configuration } from './files.ts';
import { planAlerts } from './plan-alerts.ts';
import { planLimits } from './plan-limits.ts';
import { planStrategies } from './plan-strategies.ts';
import type { KeptVersions } from './plan-strategies.ts';
import { planUsers } from './plan-users.ts';
import type { ServerState } from './server-state.ts';

interface WireSpec extends Omit<ParameterSpec, 'choices'> {
  readonly choices: readonly string[] | null;
}
interface KeptVersion {
  readonly strategyVersion: { readonly parameters: readonly WireSpec[] } | null;
}

/** What is kept of the versions that the file is about. */
async function keptVersions(api: DeskApi, { strategies }: Configuration, state: ServerState): Promise<KeptVersions> {
  const entries = Object.entries(strategies?.value.strategies ?? {});
  const versions = entries.map(([name, { version }]) => version ?? state.strategies.get(name)?.version ?? '');
  const kept = new Map<string, readonly ParameterSpec[]>();
  for (const version of new Set(versions)) {
    const { strategyVersion } = await api.query<KeptVersion>(VERSION, { version });
    if (strategyVersion === null) continue;
    const specs = strategyVersion.parameters.map(({ choices, ...spec }) => ({ ...spec, ...(choices === null ? {} : { choices }) }));
    kept.set(version, specs);
  }
  return kept;
}

const NOTHING: Plan = { problems: [], changes: [] };

/** What the files come to on this server, as it is now: every problem of every file, or every change in the order in which it is made. */
export async function planOf(files: Configuration, state: ServerState, api: DeskApi, environment: NodeJS.ProcessEnv): Promise<Plan> {
  const { strategies, limits, users, alerts } = files;
  const plans = [
    strategies === undefined ? NOTHING : planStrategies(strategies, state, await keptVersions(api, files, state)),
    limits === undefined ? NOTHING : planLimits(limits, state, strategies?.value.strategies ?? {}),
    users === undefined ? NOTHING : planUsers(users, state),
    alerts === undefined ? NOTHING : await planAlerts(alerts, state, environment),
  ];
  return { problems: plans.flatMap(({ problems }) => problems), changes: inOrder(plans.flatMap(({ changes }) => changes)) };
}

const EFFECT_WORDS: Readonly<Record<PlannedChange['effect'], string>> = {
  stops: 'at once',
  changes: 'at once',
  tightens: 'tightens, at once',
  starts: 'at once',
  asks: 'loosens: asks a second person',
  roles: 'at once; ends the sessions of the person',
  restart: 'from the next start of the server',
};

/** The changes for people, each with what it is from, to and does. */
export const describeChanges = (changes: readonly PlannedChange[]): string =>
  changes
    .map(({ file, subject, lines, effect, waits }) => {
      const head = `${file}: ${subject}`;
      const end = `[${waits ?? EFFECT_WORDS[effect]}]`;
      return lines.length === 1
        ? `${head}: ${lines[0] ?? ''} ${end}\n`
        : `${head}: ${end}\n${lines.map((line) => `    ${line}\n`).join('')}`;
    })
    .join('');
