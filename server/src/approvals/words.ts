import { format } from '../money/fixed.ts';
import { formatInstant } from '../money/instant.ts';
import { formatValue, limitDefinition, parseLimit } from '../risk/limits.ts';
import type { LimitName } from '../risk/limits.ts';
import { scopeWords } from '../risk/brakes.ts';
import { LIST_TITLES } from '../risk/restrictions.ts';
import type { AcceptedDifference, Change } from './proposal.ts';

/** One line of what an approver is shown: nothing of the change is left out. */
export interface ChangeLine {
  readonly label: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** A limit's value with its unit, for people. */
export function limitText(name: LimitName, text: string): string {
  const parsed = parseLimit(name, text);
  return parsed.ok ? formatValue(limitDefinition(name).unit, parsed.value) : text;
}

export function titleOf(change: Change): string {
  switch (change.kind) {
    case 'limit':
      return `Raise a limit${change.who === undefined ? '' : ` of ${change.who.replace(':', ' ')}`}: ${limitDefinition(change.name).title}`;
    case 'symbols':
      return `Let more symbols through: ${LIST_TITLES[change.list]}`;
    case 'resume':
      return `Release a stopped strategy: ${change.strategyId}`;
    case 'unpause':
      return `Let a pause go: ${scopeWords(change.scope)}`;
    case 'automate':
      return `Let a strategy trade by itself: ${change.strategyId}`;
    case 'release':
      return 'Release: trading goes on';
    case 'accept':
      return 'Accept the broker’s positions';
    case 'promote':
      return `Promote to live: ${change.strategyId}`;
    case 'champion':
      return `Make a model champion: ${change.line}`;
  }
}

const acceptedLines = (accepts: readonly AcceptedDifference[]): readonly ChangeLine[] =>
  accepts.map(({ symbol, ours, brokers, brokersAveragePrice }) => ({
    label: `Position ${symbol}`,
    before: `${format(ours)} in our books`,
    after: `${format(brokers)} as the broker says, at ${format(brokersAveragePrice)}`,
  }));

const symbolsText = (symbols: readonly string[]): string => (symbols.length === 0 ? 'none' : symbols.join(', '));

/** Everything that would change, for people. */
export function linesOf(change: Change): readonly ChangeLine[] {
  switch (change.kind) {
    case 'limit': {
      const { title } = limitDefinition(change.name);
      const line = { label: title, before: limitText(change.name, change.from), after: limitText(change.name, change.to) };
      return change.who === undefined ? [line] : [{ label: 'Of', before: undefined, after: change.who.replace(':', ' ') }, line];
    }
    case 'symbols':
      return [{ label: LIST_TITLES[change.list], before: symbolsText(change.from), after: symbolsText(change.to) }];
    case 'resume':
      return [
        { label: 'Strategy', before: `${change.strategyId}: stopped`, after: 'may be enabled again' },
        { label: 'Stopped by', before: undefined, after: change.because },
      ];
    case 'unpause':
      return [
        { label: 'Paused', before: `${scopeWords(change.scope)}: no position is opened`, after: 'positions may be opened again' },
        { label: 'Since', before: undefined, after: formatInstant(change.since) },
        { label: 'Paused because', before: undefined, after: change.because },
      ];
    case 'automate':
      return [
        { label: 'Strategy', before: undefined, after: change.strategyId },
        { label: 'Its orders', before: change.from, after: 'automatic: each leaves as soon as the gate lets it through' },
      ];
    case 'release':
      return [{ label: 'Trading state', before: change.from, after: 'ACTIVE' }, ...acceptedLines(change.accepts)];
    case 'accept':
      return acceptedLines(change.accepts);
    case 'promote':
      return [
        { label: 'Strategy', before: undefined, after: change.strategyId },
        { label: 'Version', before: undefined, after: change.version.slice(0, 12) },
        ...change.evidence.map((after) => ({ label: 'Evidence', before: undefined, after })),
      ];
    case 'champion':
      return [
        { label: `Champion of ${change.line}`, before: change.displaces?.slice(0, 12) ?? 'none', after: change.modelId.slice(0, 12) },
        { label: 'Version', before: undefined, after: change.version.slice(0, 12) },
        ...change.evidence.map((after) => ({ label: 'Evidence', before: undefined, after })),
      ];
  }
}
