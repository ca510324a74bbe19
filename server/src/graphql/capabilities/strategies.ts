import { ParameterError, builtInStrategies, compileBuiltIn, compileStrategy, openStrategyWorker } from '@tidemark/compute';
import type { ParameterValues, StrategyModule } from '@tidemark/compute/types';
import type { Kysely } from 'kysely';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import type { ParameterProblem, StrategyLibrary, StrategyTemplate } from '../../strategies/graphql.ts';
import { saveVersion, sourcesOf, versionByHash, versionsOf } from '../../strategies/service.ts';

const CHECK_DEADLINE_MS = 2_000;

async function template({ name, source }: { readonly name: string; readonly source: string }): Promise<StrategyTemplate> {
  const { version, description } = await compileBuiltIn(name);
  return { name, title: description.title, description: description.description, version, parameters: description.parameters, source };
}

async function builtIn(name: string): Promise<{ readonly module: StrategyModule; readonly source: string } | undefined> {
  const found = builtInStrategies().find((strategy) => strategy.name === name);
  return found === undefined ? undefined : { module: await compileBuiltIn(name), source: found.source };
}

/** Opens the module in its own thread and closes it again: it may refuse its parameters, trap, or never answer. */
async function check(
  module: StrategyModule,
  parameters: ParameterValues,
  symbols: readonly string[],
): Promise<ParameterProblem | undefined> {
  try {
    const opened = await openStrategyWorker(module, { parameters, symbols, deadlineMs: CHECK_DEADLINE_MS });
    await opened.close();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof ParameterError)
      return { parameter: error.parameter, message: error.message, bounds: `It must be ${error.allowed}.` };
    if (error.name === 'StrategyTrap')
      return {
        parameter: 'source',
        message: `The strategy fails at its start: ${error.message}`,
        bounds: 'Mend its source, or change its parameters.',
      };
    throw error;
  }
}

/** Built-ins, and every version that was ever compiled here. */
export function strategiesIn(db: Kysely<Database>, now: () => Instant): StrategyLibrary {
  return {
    templates: () => Promise.all(builtInStrategies().map(template)),
    builtIn,
    compile: (source, name) => compileStrategy(source, { name: name.endsWith('.ts') ? name : 'strategy.ts' }),
    check,
    save: (module, source, name, by) => saveVersion(db, { module, name, source }, now(), by),
    versions: (name, limit) => versionsOf(db, name, limit),
    sourcesOf: (versions) => sourcesOf(db, versions),
    byVersion: (version) => versionByHash(db, version),
  };
}
