import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ChangeType, CriticalityLevel, diff, DiffRule } from '@graphql-inspector/core';
import type { Change } from '@graphql-inspector/core';
import { buildSchema, isInterfaceType, isObjectType } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { committedSchema } from './print.ts';

const BASELINE = new URL('baseline.graphql', import.meta.url);

/** The SDL that programs of others were promised, at the last release. */
export const promisedSchema = (): Promise<string> => readFile(BASELINE, 'utf8');

/** The library lets deprecated fields and values go; arguments are looked at here. */
function wasDeprecatedArgument({ type, path = '' }: Change, before: GraphQLSchema): boolean {
  if (type !== ChangeType.FieldArgumentRemoved) return false;
  const [typeName = '', fieldName = '', name] = path.split('.');
  const holder = before.getType(typeName);
  if (!isObjectType(holder) && !isInterfaceType(holder)) return false;
  return holder.getFields()[fieldName]?.args.some((arg) => arg.name === name && arg.deprecationReason != null) ?? false;
}

/**
 * What breaks a program that was written against `before`. What was deprecated there may go; what is new breaks nobody: fields, types, optional
 * arguments, values of enums, members of unions.
 */
export async function brokenPromises(before: string, after: string): Promise<readonly string[]> {
  const old = buildSchema(before);
  const changes = await diff(old, buildSchema(after), [DiffRule.suppressRemovalOfDeprecatedField]);
  return changes
    .filter((change) => change.criticality.level === CriticalityLevel.Breaking && !wasDeprecatedArgument(change, old))
    .map(({ message }) => message);
}

export const HOW_TO_GO_ON = [
  'This breaks programs that were written against schema/baseline.graphql, the contract of the last release.',
  'Keep what was there, and deprecate it (`deprecationReason: "use X"`): what is deprecated in the baseline may go.',
  'At a release, `node schema/contract.ts accept` writes the baseline anew. A break that is meant, in a new major version: `accept --breaking`.',
].join('\n');

async function accept(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { breaking: { type: 'boolean', default: false } }, allowPositionals: true });
  if (positionals.join(' ') !== 'accept') {
    process.stderr.write('Usage: node schema/contract.ts accept [--breaking]\n');
    process.exitCode = 2;
    return;
  }
  const after = await committedSchema();
  const broken = await brokenPromises(await promisedSchema(), after);
  if (broken.length > 0 && !values.breaking) {
    process.stderr.write(`${broken.join('\n')}\n\n${HOW_TO_GO_ON}\n`);
    process.exitCode = 1;
    return;
  }
  await writeFile(BASELINE, after);
  process.stderr.write(`baseline.graphql written${broken.length > 0 ? `, with ${broken.length} breaks` : ''}\n`);
}

if (import.meta.main) await accept();
