import type { BrakePartsFragment, PauseScope } from '@tidemark/schema/documents';

/** A strategy as it is called. */
interface Named {
  readonly id: string;
  readonly name: string;
}

export const isPause = ({ code }: Pick<BrakePartsFragment, 'code'>): boolean => code === 'Pause';

/** What a brake is on; a strategy by its name, or by its id where it is not known. */
export function subjectWords({ scope, subject }: Pick<BrakePartsFragment, 'scope' | 'subject'>, strategies: readonly Named[]): string {
  if (scope === 'account') return 'the account';
  if (scope === 'symbol') return subject ?? 'a symbol';
  return `strategy ${strategies.find(({ id }) => id === subject)?.name ?? subject ?? ''}`.trim();
}

/** How a brake ends. */
export function endWords({ code, reset }: Pick<BrakePartsFragment, 'code' | 'reset'>): string {
  if (isPause({ code })) return 'by two people';
  return reset === 'person' ? 'by a risk officer' : 'by itself, when its cause has gone';
}

export const SCOPES: readonly { readonly value: PauseScope; readonly label: string; readonly text: string }[] = [
  { value: 'ACCOUNT', label: 'Account', text: 'Nobody opens anything.' },
  { value: 'STRATEGY', label: 'Strategy', text: 'It opens nothing; it goes on deciding, and leaves what it holds when it says so.' },
  { value: 'SYMBOL', label: 'Symbol', text: 'Nobody opens anything in it, nor in options on it.' },
];

/** Pauses that stand in the shell beside the trading state: what is paused, in a few words; empty where nothing is. */
export function pausedWords(brakes: readonly BrakePartsFragment[], strategies: readonly Named[]): string {
  const pauses = brakes.filter(isPause);
  const [first] = pauses;
  if (!first) return '';
  if (pauses.some(({ scope }) => scope === 'account')) return 'PAUSED';
  return pauses.length === 1 ? `PAUSED: ${subjectWords(first, strategies)}` : `PAUSED: ${pauses.length}`;
}
