import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RulesFile } from '../../alerts/channel-settings.ts';
import { parseAlertRules } from '../settings/alert-rules.ts';
import { readSettings, SettingsFileError } from '../settings/yaml-file.ts';
import type { ReadFile } from '../settings/yaml-file.ts';
import { UsageError } from '../usage.ts';
import { limitsFile, strategiesFile, usersFile } from './shapes.ts';
import type { LimitsFile, StrategiesFile, UsersFile } from './shapes.ts';

/** The files of a configuration, in the order in which they are applied. */
export const FILE_NAMES = ['strategies.yaml', 'limits.yaml', 'users.yaml', 'alerts.yaml'] as const;
export type FileName = (typeof FILE_NAMES)[number];

export interface AlertsFile {
  readonly rules: RulesFile;
  /** As it was written, comments and all. */
  readonly text: string;
  readonly path: string;
}

/** What was given to be applied: of each file at most one. */
export interface Configuration {
  readonly strategies?: ReadFile<StrategiesFile>;
  readonly limits?: ReadFile<LimitsFile>;
  readonly users?: ReadFile<UsersFile>;
  readonly alerts?: AlertsFile;
}

const nameOf = (path: string): FileName | undefined => FILE_NAMES.find((name) => name === basename(path));

/** The files that are meant, by what each holds. */
async function gather(places: readonly string[]): Promise<ReadonlyMap<FileName, string>> {
  const found = new Map<FileName, string>();
  const take = (name: FileName, path: string): void => {
    const other = found.get(name);
    if (other !== undefined) throw new UsageError(`${other} and ${path} both hold the same: give one of them`);
    found.set(name, path);
  };
  for (const place of places) {
    const name = nameOf(place);
    if ((await stat(place)).isDirectory()) {
      const inside = await readdir(place);
      for (const each of FILE_NAMES) if (inside.includes(each)) take(each, join(place, each));
    } else if (name === undefined)
      throw new UsageError(`${place} has none of the names that say what a file holds: ${FILE_NAMES.join(', ')}`);
    else take(name, place);
  }
  if (found.size === 0) throw new UsageError(`${places.join(', ')}: none of ${FILE_NAMES.join(', ')} is there`);
  return found;
}

type Readers = { readonly [name in FileName]: (text: string, path: string) => Configuration };

const READERS: Readers = {
  'strategies.yaml': (text, path) => ({ strategies: readSettings(text, path, strategiesFile, 'text') }),
  'limits.yaml': (text, path) => ({ limits: readSettings(text, path, limitsFile, 'text') }),
  'users.yaml': (text, path) => ({ users: readSettings(text, path, usersFile, 'text') }),
  'alerts.yaml': (text, path) => ({ alerts: { rules: parseAlertRules(text, path), text, path } }),
};

/** Reads everything before anything is done. Throws one {@link SettingsFileError} with all that is wrong in all files. */
export async function readConfiguration(places: readonly string[]): Promise<Configuration> {
  const problems: string[] = [];
  let configuration: Configuration = {};
  for (const [name, path] of await gather(places)) {
    const text = await readFile(path, 'utf8');
    try {
      configuration = { ...configuration, ...READERS[name](text, path) };
    } catch (error) {
      if (!(error instanceof SettingsFileError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new SettingsFileError(problems.join('\n'));
  return configuration;
}
