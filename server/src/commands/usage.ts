import { InvalidArgumentError } from 'commander';
import { TIMEFRAMES, ADJUSTMENTS } from '../market-data/bar.ts';
import type { Adjustment, Timeframe } from '../market-data/bar.ts';
import { instant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

/** The command was called with words that do not fit together: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command has said on stdout all that there is to say, and ends with this code. */
export class EndsWith extends Error {
  override readonly name = 'EndsWith';
  readonly code: number;
  constructor(code: number) {
    super(`ends with ${code}`);
    this.code = code;
  }
}

/** What every command may touch besides its files. */
export interface Terminal {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WriteStream;
  /** Where secrets come in; none where absent. */
  readonly input?: NodeJS.ReadStream;
  readonly environment: NodeJS.ProcessEnv;
}

export const repeat = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function oneOf<T extends string>(what: string, allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((value) => value === text);
    if (found === undefined) throw new InvalidArgumentError(`${what} is one of ${allowed.join(', ')}.`);
    return found;
  };
}

export const parseTimeframe: (text: string) => Timeframe = oneOf('A timeframe', TIMEFRAMES);
export const parseAdjustment: (text: string) => Adjustment = oneOf('An adjustment', ADJUSTMENTS);
export const parseOnBad: (text: string) => 'fail' | 'skip' = oneOf('What to do with bad rows', ['fail', 'skip'] as const);

export function parseTime(text: string): Instant {
  try {
    return instant(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a whole number from 0 (any free one) to 65535.');
  return port;
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new InvalidArgumentError('Expected a number of zero or more.');
  return value;
}

export function parseSymbols(text: string): readonly string[] {
  const symbols = text.split(',').map((symbol) => symbol.trim());
  const bad = symbols.find((symbol) => !/^[A-Z0-9][A-Z0-9./-]{0,15}$/.test(symbol));
  if (bad !== undefined) throw new InvalidArgumentError(`"${bad}" is not a symbol: expected capitals and digits, like AAPL,SPY.`);
  return [...new Set(symbols)];
}
