import type { Builder } from '../graphql/builder.ts';
import { badInput } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import { compileFailed, invalidInput, typeOfMember, versionDiffers } from '../graphql/errors.ts';
import type { CompileFailed, InvalidInput, VersionDiffers } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import type { KeptVersion } from './service.ts';

type Authorized = Context & { readonly principal: Principal };

export interface StrategyVersionPayload {
  readonly __typename: 'StrategyVersionPayload';
  readonly version: string;
  readonly name: string;
  readonly isNew: boolean;
}

interface SaveInput {
  readonly source: string;
  readonly version: string;
}

const LISTED = 20;
const LISTED_MAX = 100;
const SHA256 = /^[0-9a-f]{64}$/;

async function listVersions(name: string, first: number, { strategies }: Context): Promise<readonly KeptVersion[]> {
  if (first < 1 || first > LISTED_MAX) throw badInput(`first must be 1 to ${LISTED_MAX}, got ${first}`);
  return await strategies.versions(name, first);
}

async function findVersion(version: string, { strategies }: Context): Promise<KeptVersion | null> {
  const kept = await strategies.byVersion(version);
  return kept === undefined ? null : { ...kept, version, description: kept.module.description };
}

/** What was tested elsewhere is kept only where this server's own compiler makes the same bytes of the text. */
async function saveVersion(
  { source, version }: SaveInput,
  { strategies, principal }: Authorized,
): Promise<StrategyVersionPayload | InvalidInput | CompileFailed | VersionDiffers> {
  if (!SHA256.test(version))
    return invalidInput('version', 'version is not a SHA-256 in hex', 'Give the 64 digits that the compiler showed: 0-9 and a-f.');
  const compiled = await strategies.compile(source, 'strategy.ts');
  if (!compiled.ok) return compileFailed(compiled.errors);
  const { module } = compiled;
  if (module.version !== version) return versionDiffers(version, module.version);
  const { name } = module.description;
  return { __typename: 'StrategyVersionPayload', version, name, isNew: await strategies.save(module, source, name, actorOf(principal)) };
}

function addTypes(builder: Builder): void {
  builder.objectType('StrategyVersion', {
    description: 'A compiled module that is kept, with the source that it came from.',
    fields: (t) => ({
      version: t.exposeString('version', { description: 'SHA-256 of the WebAssembly module.' }),
      name: t.exposeString('name', { description: 'As the source names itself: versions of one strategy share it.' }),
      title: t.string({ resolve: ({ description }) => description.title }),
      parameters: t.field({ type: ['ParameterSpec'], resolve: ({ description }) => [...description.parameters] }),
      source: t.exposeString('source', {
        description: 'Of the first save; texts that differ in comments only give one version. Empty where only the module is kept.',
      }),
      savedAt: t.expose('savedAt', { type: 'DateTime' }),
      savedBy: t.exposeString('savedBy', { nullable: true, description: 'As the journal names people; null where no person saved it.' }),
    }),
  });
  builder.objectType('StrategyVersionPayload', {
    fields: (t) => ({
      version: t.exposeString('version'),
      name: t.exposeString('name'),
      isNew: t.exposeBoolean('isNew', { description: 'False where this version was kept before: nothing has changed then.' }),
    }),
  });
}

/** Versions: kept from source, listed. */
export function addStrategyVersions(builder: Builder): void {
  addTypes(builder);
  const input = builder.inputType('SaveStrategyVersionInput', {
    fields: (t) => ({
      source: t.string({ required: true, description: 'In AssemblyScript.' }),
      version: t.string({ required: true, description: 'SHA-256 of the module that was compiled of it and tested.' }),
    }),
  });
  const result = builder.unionType('SaveStrategyVersionResult', {
    types: ['StrategyVersionPayload', 'InvalidInputError', 'CompileFailedError', 'VersionDiffersError'],
    resolveType: typeOfMember,
  });
  builder.queryFields((t) => ({
    strategyVersions: t.field({
      type: ['StrategyVersion'],
      description: 'All that name themselves so, the newest first.',
      args: { name: t.arg.string({ required: true }), first: t.arg.int({ required: true, defaultValue: LISTED }) },
      resolve: async (_root, { name, first }, context) => [...(await listVersions(name, first, context))],
    }),
    strategyVersion: t.field({
      type: 'StrategyVersion',
      nullable: true,
      args: { version: t.arg.string({ required: true }) },
      resolve: (_root, { version }, context) => findVersion(version, context),
    }),
  }));
  builder.mutationFields((t) => ({
    saveStrategyVersion: t.authField({
      type: result,
      authScopes: { principal: true },
      description: 'Compiles the source again and keeps the version, where it is the one that was tested. Said again, it changes nothing.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, args, context) => saveVersion(args.input, context),
    }),
  }));
}
