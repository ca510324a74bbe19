import { linesOf, titleOf } from '../../approvals/words.ts';
import type { Change } from '../../approvals/proposal.ts';
import { formatLimit, formatValue, limitDefinition, parseLimit } from '../../risk/limits.ts';
import type { LimitName, LimitValue } from '../../risk/limits.ts';
import { isLoosening } from '../../risk/layers.ts';
import { listed, LIST_TITLES, loosensList, RESTRICTION_LISTS, sameList } from '../../risk/restrictions.ts';
import type { RestrictionList } from '../../risk/restrictions.ts';
import type { ReadFile } from '../settings/yaml-file.ts';
import type { Plan, PlannedChange } from './change.ts';
import { openProposal } from './server-state.ts';
import type { ServerState, ServerStrategy } from './server-state.ts';
import type { LimitsFile, StrategiesFile, WishedLimits } from './shapes.ts';

const FILE = 'limits.yaml';

/** The effect of a change that a second person may be needed for, and whether it is asked for already. */
export function asked(loosens: boolean, change: Change, state: ServerState): Pick<PlannedChange, 'effect' | 'waits'> {
  if (!loosens) return { effect: 'tightens' };
  const open = openProposal(state, titleOf(change), linesOf(change));
  return { effect: 'asks', ...(open === undefined ? {} : { waits: `proposal ${open.id} waits for a second person` }) };
}

interface Compared {
  readonly name: LimitName;
  readonly from: LimitValue;
  readonly to: LimitValue;
}

/** The limits whose value is another one now. */
function compared(wished: WishedLimits, current: (name: LimitName) => string): readonly Compared[] {
  return (Object.keys(wished) as LimitName[]).flatMap((name) => {
    const [to, from] = [parseLimit(name, wished[name] ?? ''), parseLimit(name, current(name))];
    if (!to.ok || !from.ok)
      throw new Error(`${name} of the server is ${current(name)}, which this command does not read: use its own version of tidemark`);
    return [{ name, from: from.value, to: to.value }];
  });
}

const lineOf = ({ name, from, to }: Compared, isFirst: boolean): string => {
  const { unit, title } = limitDefinition(name);
  return `${formatValue(unit, from)}${isFirst ? ' of the account' : ''} → ${formatValue(unit, to)} (${title})`;
};

function accountChanges(wished: WishedLimits, state: ServerState): readonly PlannedChange[] {
  return compared(wished, (name) => state.limits.get(name)?.value ?? '')
    .filter(({ from, to }) => from !== to)
    .map((each) => {
      const { name, from, to } = each;
      const [before, value] = [formatLimit(name, from), formatLimit(name, to)];
      return {
        file: FILE,
        subject: name,
        lines: [lineOf(each, false)],
        ...asked(isLoosening(name, from, to), { kind: 'limit', name, from: before, to: value }, state),
        step: { kind: 'limit', limit: name, value },
      };
    });
}

/** A limit that a strategy does not have yet is measured against the account's, and is a change even where it is the same. */
function strategyChanges(
  name: string,
  wished: WishedLimits,
  strategy: ServerStrategy | undefined,
  state: ServerState,
): readonly PlannedChange[] {
  const own = (limit: LimitName): string | undefined => strategy?.limits.get(limit);
  return compared(wished, (limit) => own(limit) ?? state.limits.get(limit)?.value ?? '')
    .filter(({ name: limit, from, to }) => from !== to || own(limit) === undefined)
    .map((each) => {
      const { name: limit, from, to } = each;
      const [before, value] = [formatLimit(limit, from), formatLimit(limit, to)];
      const change = { kind: 'limit', name: limit, from: before, to: value, who: `strategy:${strategy?.id ?? ''}` } as const;
      return {
        file: FILE,
        subject: `${limit} of ${name}`,
        lines: [lineOf(each, own(limit) === undefined)],
        ...asked(isLoosening(limit, from, to), change, state),
        step: { kind: 'limit', limit, value, strategy: name },
      };
    });
}

const listText = (symbols: readonly string[]): string => (symbols.length === 0 ? 'none' : symbols.join(' '));

function listChange(list: RestrictionList, symbols: readonly string[], state: ServerState): readonly PlannedChange[] {
  const [from, to] = [state.restrictions[list], listed(symbols)];
  if (sameList(from, to)) return [];
  return [
    {
      file: FILE,
      subject: `symbols ${list}`,
      lines: [`${listText(from)} → ${listText(to)} (${LIST_TITLES[list]})`],
      ...asked(loosensList(list, from, to), { kind: 'symbols', list, from, to }, state),
      step: { kind: 'symbols', list, symbols: to },
    },
  ];
}

/** What a file of limits comes to; `made` are strategies that come to be before it. */
export function planLimits({ value, at }: ReadFile<LimitsFile>, state: ServerState, made: StrategiesFile['strategies']): Plan {
  const names = Object.keys(value.strategies);
  const problems = names
    .filter((name) => !state.strategies.has(name) && !Object.hasOwn(made, name))
    .map(
      (name) =>
        `${at(['strategies'], name)}: there is no strategy named "${name}": make it first, on the page Strategies or in strategies.yaml`,
    );
  const changes = [
    ...accountChanges(value.account, state),
    ...RESTRICTION_LISTS.flatMap((list) => {
      const symbols = value.symbols[list];
      return symbols === undefined ? [] : listChange(list, symbols, state);
    }),
    ...names.flatMap((name) => strategyChanges(name, value.strategies[name] ?? {}, state.strategies.get(name), state)),
  ];
  return { problems, changes };
}
