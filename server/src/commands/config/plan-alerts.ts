import { readFile } from 'node:fs/promises';
import { ChannelSettingsError, channelSettings } from '../../alerts/channel-settings.ts';
import { rulesText } from '../../alerts/rules-text.ts';
import { ALERT_RULES_VARIABLE, parseAlertRules } from '../settings/alert-rules.ts';
import { SettingsFileError } from '../settings/yaml-file.ts';
import type { Plan } from './change.ts';
import type { AlertsFile } from './files.ts';
import type { ServerState } from './server-state.ts';

const FILE = 'alerts.yaml';

/** Lines that are in one text and not in the other, as a reader of differences expects them. */
function differences(before: string, after: string): readonly string[] {
  const [old, wanted] = [before.trimEnd().split('\n'), after.trimEnd().split('\n')];
  const start = old.findIndex((line, index) => line !== wanted[index]);
  const from = start === -1 ? Math.min(old.length, wanted.length) : start;
  let same = 0;
  while (same < Math.min(old.length, wanted.length) - from && old.at(-1 - same) === wanted.at(-1 - same)) same += 1;
  return [
    ...old.slice(from, old.length - same).map((line) => `- ${line}`),
    ...wanted.slice(from, wanted.length - same).map((line) => `+ ${line}`),
  ];
}

/** The rules that lie where the server will read them; `undefined` where they are none that it could. */
async function onDisk(path: string): Promise<string | undefined> {
  try {
    return rulesText(parseAlertRules(await readFile(path, 'utf8'), path));
  } catch (error) {
    if (error instanceof SettingsFileError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * What a file of alert rules comes to. The server reads its rules when it starts, from a file of its own, and by no other way: so they are written there,
 * where this is the machine of the server, and hold from its next start.
 */
export async function planAlerts({ rules, text, path }: AlertsFile, state: ServerState, environment: NodeJS.ProcessEnv): Promise<Plan> {
  const [inForce, wanted] = [rulesText(state.alertRules.file), rulesText(rules)];
  if (inForce === wanted) return { problems: [], changes: [] };
  const target = environment[ALERT_RULES_VARIABLE];
  if (target === undefined) {
    const why = `the server reads its rules from a file when it starts. On its machine, set ${ALERT_RULES_VARIABLE} to that file; or put this one there, and restart`;
    return { problems: [`${path}: ${why}`], changes: [] };
  }
  try {
    channelSettings(environment, rules);
  } catch (error) {
    if (!(error instanceof ChannelSettingsError)) throw error;
    return { problems: [`${path}: ${error.message}`], changes: [] };
  }
  const lies = (await onDisk(target)) === wanted;
  return {
    problems: [],
    changes: [
      {
        file: FILE,
        subject: 'the rules',
        lines: differences(inForce, wanted),
        effect: 'restart',
        step: { kind: 'alert-rules', text },
        ...(lies ? { waits: `they are in ${target}, and hold when the server starts again` } : {}),
      },
    ],
  };
}
