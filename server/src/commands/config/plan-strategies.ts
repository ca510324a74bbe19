import { ParameterError, resolveParameters } from '@tidemark/compute';
import type { ParameterSpec } from '@tidemark/compute/types';
import { formatSize, parseAllocation, parseSize } from '../../strategies/configuration.ts';
import { loosensExecution } from '../../strategies/execution.ts';
import type { ReadFile } from '../settings/yaml-file.ts';
import type { Plan, PlannedChange } from './change.ts';
import { asked } from './plan-limits.ts';
import type { ServerState, ServerStrategy } from './server-state.ts';
import type { StrategiesFile, WishedStrategy } from './shapes.ts';

const FILE = 'strategies.yaml';

/** Parameters of the versions that the server keeps. */
export type KeptVersions = ReadonlyMap<string, readonly ParameterSpec[]>;

interface Entry {
  readonly name: string;
  readonly wished: WishedStrategy;
  readonly state: ServerState;
  /** Says what is wrong at a place of the entry. */
  readonly refuse: (path: readonly PropertyKey[], why: string) => void;
  /** `undefined` where the version is not known here. */
  readonly specs: readonly ParameterSpec[] | undefined;
}

type Parameters = Readonly<Record<string, string>>;

/** With the defaults of those that are not given. Throws {@link ParameterError}. */
function withDefaults(name: string, specs: readonly ParameterSpec[] | undefined, given: Parameters): Parameters {
  if (specs === undefined) return given;
  const { values } = resolveParameters(name, specs, given);
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

/** What the parameters come to; `undefined` where they are wrong, and said to be. */
function resolved({ wished, specs, refuse, name }: Entry, before: Parameters): Parameters | undefined {
  try {
    return withDefaults(name, specs, { ...before, ...wished.parameters });
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    refuse(['parameters'], error.message);
    return undefined;
  }
}

function checkSymbols({ wished, state, refuse }: Entry): void {
  for (const [index, symbol] of (wished.symbols ?? []).entries())
    if (!state.symbols.has(symbol)) refuse(['symbols', index], `${symbol} is not listed here: the page Research shows what is`);
}

/** One line for each value that differs, and the input that changes them. */
function configured(entry: Entry, current: ServerStrategy) {
  const { wished } = entry;
  const lines: string[] = [];
  const parameters = resolved(entry, current.parameters) ?? {};
  // What a strategy was not given it runs by the default of.
  const before = withDefaults(entry.name, entry.specs, current.parameters);
  for (const [key, value] of Object.entries(parameters))
    if (before[key] !== value) lines.push(`parameter ${key} ${before[key] ?? 'none'} → ${value}`);
  const changed = lines.length > 0 ? { parameters } : {};
  const { symbols, allocation, size } = wished;
  const moves = symbols !== undefined && symbols.join(' ') !== current.symbols.join(' ');
  if (moves) lines.push(`symbols ${current.symbols.join(' ')} → ${symbols.join(' ')}`);
  const allots = allocation !== undefined && numberOf(allocation) !== numberOf(current.allocation);
  if (allots) lines.push(`allocation ${current.allocation} → ${allocation} of equity`);
  const sizes = size !== undefined && sizeText(size) !== sizeText(current.size);
  if (sizes) lines.push(`size ${current.size} → ${size}`);
  const input = { ...changed, ...(moves ? { symbols } : {}), ...(allots ? { allocation } : {}), ...(sizes ? { size } : {}) };
  return { lines, input };
}

const numberOf = (allocation: string): bigint | undefined => {
  const parsed = parseAllocation(allocation);
  return parsed.ok ? parsed.value : undefined;
};
const sizeText = (size: string): string => {
  const parsed = parseSize(size);
  return parsed.ok ? formatSize(parsed.value) : size;
};

function executionChange({ name, wished, state }: Entry, current: ServerStrategy | undefined): readonly PlannedChange[] {
  const { execution: mode, waitMinutes } = wished;
  const from = current?.execution ?? 'automatic';
  const waitsOtherwise = mode === 'recommend' && waitMinutes !== undefined && waitMinutes !== current?.waitMinutes;
  if (mode === undefined || (mode === from && !waitsOtherwise)) return [];
  const wait = waitMinutes === undefined ? '' : `, for ${waitMinutes} minutes`;
  const loosens = loosensExecution({ mode: from }, { mode });
  return [
    {
      file: FILE,
      subject: name,
      lines: [`execution ${from} → ${mode}${wait}`],
      ...asked(loosens, { kind: 'automate', strategyId: current?.id ?? '', from }, state),
      ...(loosens ? {} : { effect: 'changes' as const }),
      step: { kind: 'execution', name, mode, waitMinutes },
    },
  ];
}

function runningChange({ name, wished }: Entry, isRunning: boolean): readonly PlannedChange[] {
  if (wished.enabled === undefined || wished.enabled === isRunning) return [];
  const [kind, effect, line] = wished.enabled
    ? (['enable', 'starts', 'starts to trade'] as const)
    : (['disable', 'stops', 'is paused, and its open orders are cancelled'] as const);
  return [{ file: FILE, subject: name, lines: [line], effect, step: { kind, name } }];
}

function changesOf(entry: Entry, current: ServerStrategy): readonly PlannedChange[] {
  const { name, wished, refuse } = entry;
  const { version, timeframe, isRunning } = current;
  if (wished.version !== undefined && wished.version !== version)
    refuse(['version'], `${name} is version ${version.slice(0, 12)}…, and a version is not changed: give the other one a name of its own`);
  if (wished.timeframe !== undefined && wished.timeframe !== timeframe)
    refuse(['timeframe'], `${name} has bars of ${timeframe}, which is not changed: give the other one a name of its own`);
  const { lines, input } = configured(entry, current);
  if (lines.length > 0 && isRunning && wished.enabled !== false)
    refuse([], `${name} runs, and what runs is not changed (${lines.join('; ')}): apply it with enabled: false first, then with true`);
  const configure: readonly PlannedChange[] =
    lines.length === 0 ? [] : [{ file: FILE, subject: name, lines, effect: 'changes', step: { kind: 'configure', name, ...input } }];
  return [...configure, ...executionChange(entry, current), ...runningChange(entry, isRunning)];
}

function creation(entry: Entry): readonly PlannedChange[] {
  const { name, wished, specs, refuse } = entry;
  const { version, symbols, timeframe = '1Day', allocation, size } = wished;
  if (version === undefined) refuse([], `there is no strategy named "${name}", and one that is to be made needs a version`);
  else if (specs === undefined)
    refuse(['version'], `no such version is kept here: save it first, on the page Research, or with the mutation saveStrategyVersion`);
  if (symbols === undefined) refuse([], `there is no strategy named "${name}", and one that is to be made needs symbols`);
  if (version === undefined || symbols === undefined) return [];
  const parameters = resolved(entry, {}) ?? {};
  const said = Object.entries(parameters).map(([key, value]) => `${key} ${value}`);
  return [
    {
      file: FILE,
      subject: name,
      lines: [
        `new: version ${version.slice(0, 12)}…, ${symbols.join(' ')}, ${timeframe}, ${[
          ...said,
          ...(allocation === undefined ? [] : [`allocation ${allocation} of equity`]),
          ...(size === undefined ? [] : [`size ${size}`]),
        ].join(', ')}`,
      ],
      effect: 'changes',
      step: { kind: 'create', name, version, timeframe, symbols, parameters, allocation, size },
    },
    ...executionChange(entry, undefined),
    ...runningChange(entry, false),
  ];
}

/** What a file of strategies comes to. Strategies that it does not name are left alone. */
export function planStrategies({ value, at }: ReadFile<StrategiesFile>, state: ServerState, kept: KeptVersions): Plan {
  const problems: string[] = [];
  const changes = Object.entries(value.strategies).flatMap(([name, wished]) => {
    const current = state.strategies.get(name);
    const refuse: Entry['refuse'] = (path, why) => {
      const place = path.length === 0 ? at(['strategies'], name) : at(['strategies', name, ...path]);
      problems.push(`${place}: ${why}`);
    };
    const specs = kept.get(wished.version ?? current?.version ?? '');
    const entry: Entry = { name, wished, state, refuse, specs };
    checkSymbols(entry);
    return current === undefined ? creation(entry) : changesOf(entry, current);
  });
  return { problems, changes };
}
