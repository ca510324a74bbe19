import { z } from 'zod';
import { ROLES } from '../../approvals/roles.ts';
import type { Role } from '../../approvals/roles.ts';
import { TIMEFRAMES } from '../../market-data/bar.ts';
import type { Timeframe } from '../../market-data/bar.ts';
import { isSymbol } from '../../orders/ticket.ts';
import { isLimitName, parseLimit } from '../../risk/limits.ts';
import type { LimitName } from '../../risk/limits.ts';
import type { RestrictionList } from '../../risk/restrictions.ts';
import { parseAllocation, parseName, parseSize, parseSymbols } from '../../strategies/configuration.ts';
import type { Parsed } from '../../strategies/configuration.ts';
import { EXECUTION_MODES } from '../../strategies/execution.ts';
import type { ExecutionMode } from '../../strategies/execution.ts';

/** What a file says of a strategy; what is absent stays as it is. Values are text, as the API takes them. */
export interface WishedStrategy {
  readonly version?: string | undefined;
  readonly timeframe?: Timeframe | undefined;
  readonly symbols?: readonly string[] | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly allocation?: string | undefined;
  readonly size?: string | undefined;
  readonly execution?: ExecutionMode | undefined;
  readonly waitMinutes?: number | undefined;
  readonly enabled?: boolean | undefined;
}
export interface StrategiesFile {
  readonly strategies: Readonly<Record<string, WishedStrategy>>;
}
export type WishedLimits = Readonly<Partial<Record<LimitName, string>>>;
export interface LimitsFile {
  readonly account: WishedLimits;
  readonly strategies: Readonly<Record<string, WishedLimits>>;
  readonly symbols: Readonly<Partial<Record<RestrictionList, readonly string[] | undefined>>>;
}
export interface UsersFile {
  readonly users: Readonly<Record<string, Role>>;
}

/** As the files and the command `people` spell a role. */
export const spelledRole = (role: Role): string => role.replace('_', '-');

const SYMBOLS_MAX = 500;
const WAIT_MINUTES_MAX = 10_080;

const text = z.string({ error: 'is a text or a number, on one line' });

/** A text that one of the server's own readers takes: the file is refused for what the API would refuse. */
const readBy = (parse: (value: string) => Parsed<unknown>) =>
  text.superRefine((value, context) => {
    const parsed = parse(value);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: `${parsed.problem.message}. ${parsed.problem.hint}` });
  });

/** A key with nothing below it is an empty map: whoever takes the last entry out leaves one. */
const mapOf = <T>(values: z.ZodType<T>, what: string) =>
  z.preprocess((value) => (value === '' ? {} : value), z.record(z.string(), values, { error: `is a map of ${what}` }));

const symbolList = z
  .array(z.string(), { error: 'is a list of symbols, like [AAPL, SPY]' })
  .max(SYMBOLS_MAX, `are at most ${SYMBOLS_MAX}`)
  .superRefine((symbols, context) => {
    for (const [index, symbol] of symbols.entries())
      if (!isSymbol(symbol))
        context.addIssue({ code: 'custom', path: [index], message: `"${symbol}" is no symbol: 1 to 12 of A–Z, 0–9 and the point` });
  });

const strategy = z
  .strictObject(
    {
      version: text.regex(/^[0-9a-f]{64}$/, 'is the SHA-256 of a module, 64 digits in hex').optional(),
      timeframe: z.enum(TIMEFRAMES, { error: `is one of ${TIMEFRAMES.join(', ')}` }).optional(),
      symbols: symbolList
        .superRefine((symbols, context) => {
          const parsed = parseSymbols(symbols, () => true);
          if (!parsed.ok) context.addIssue({ code: 'custom', message: `${parsed.problem.message}. ${parsed.problem.hint}` });
        })
        .optional(),
      parameters: mapOf(text, 'parameters and their values').optional(),
      allocation: readBy(parseAllocation).optional(),
      size: readBy(parseSize).optional(),
      execution: z.enum(EXECUTION_MODES, { error: `is one of ${EXECUTION_MODES.join(', ')}` }).optional(),
      waitMinutes: text
        .regex(/^\d{1,5}$/, 'is a whole number of minutes')
        .transform(Number)
        .refine((minutes) => minutes >= 1 && minutes <= WAIT_MINUTES_MAX, `is from 1 to ${WAIT_MINUTES_MAX} minutes`)
        .optional(),
      enabled: z
        .enum(['true', 'false'], { error: 'is true or false' })
        .transform((value) => value === 'true')
        .optional(),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? 'is a map of what the strategy is' : undefined) },
  )
  .refine(({ execution, waitMinutes }) => waitMinutes === undefined || execution === 'recommend', {
    path: ['waitMinutes'],
    message: 'goes with execution: recommend, and with nothing else',
  });

/** Every name and value that is wrong, each at its own place. */
const limits = mapOf(text, 'limits and their values').superRefine((values, context) => {
  for (const [name, value] of Object.entries(values)) {
    if (!isLimitName(name)) {
      context.addIssue({ code: 'unrecognized_keys', keys: [name], input: values });
      continue;
    }
    const parsed = parseLimit(name, value);
    if (!parsed.ok) context.addIssue({ code: 'custom', path: [name], message: parsed.message.replace(`${name}: `, '') });
  }
});

export const strategiesFile: z.ZodType<StrategiesFile> = z.strictObject({
  strategies: mapOf(strategy, 'strategies by name')
    .superRefine((strategies, context) => {
      for (const name of Object.keys(strategies)) {
        const parsed = parseName(name);
        if (!parsed.ok) context.addIssue({ code: 'custom', path: [name], message: parsed.problem.message });
      }
    })
    .default({}),
});

export const limitsFile: z.ZodType<LimitsFile> = z.strictObject({
  account: limits.default({}),
  strategies: mapOf(limits, 'strategies by name').default({}),
  symbols: z
    .preprocess(
      (value) => (value === '' ? {} : value),
      z.strictObject({ denied: symbolList.optional(), allowed: symbolList.optional(), excepted: symbolList.optional() }),
    )
    .default({}),
});

export const usersFile: z.ZodType<UsersFile> = z.strictObject({
  users: mapOf(
    z
      .enum(ROLES.map(spelledRole), { error: `is one of ${ROLES.map(spelledRole).join(', ')}` })
      .transform((role) => ROLES.find((one) => spelledRole(one) === role) ?? 'viewer'),
    'people and their roles',
  ).default({}),
});
