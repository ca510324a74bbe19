import fc from 'fast-check';
import { NO_RULES_FILE } from '../../../alerts/channel-settings.ts';
import { rulesText } from '../../../alerts/rules-text.ts';
import { ROLES } from '../../../approvals/roles.ts';
import { TIMEFRAMES } from '../../../market-data/bar.ts';
import { formatLimit, LIMIT_DEFINITIONS, parseLimit } from '../../../risk/limits.ts';
import type { LimitDefinition, LimitName } from '../../../risk/limits.ts';
import { EXECUTION_MODES } from '../../../strategies/execution.ts';
import type { ServerState, ServerStrategy } from '../server-state.ts';

export const SPECS = [
  { name: 'fast', kind: 'integer', default: 10, min: 1, max: 500, description: 'Bars.' },
  { name: 'share', kind: 'number', default: 0.5, min: 0, max: 1, description: 'A share.' },
  { name: 'side', kind: 'choice', default: 0, min: 0, max: 2, choices: ['both', 'true', 'null'], description: 'Which.' },
] as const;
export const VERSIONS = ['a', 'b'].map((digit) => digit.repeat(64));
const SYMBOLS = ['AAPL', 'BRK.B', 'SPY', 'TRUE', 'NO', '1E5'];

/** Names that YAML could take for something else are the ones that matter. */
const strategyName = fc.oneof(
  fc.constantFrom('10', 'true', 'null', 'No', '1e5', '0x10', '3.0', 'constructor', 'Slow trend', 'a-b_c.d'),
  fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,12}[A-Za-z0-9])?$/),
);
const personName = fc.oneof(fc.constantFrom('Ольга', "d'Arc", 'Zoë B.', '007', 'yes'), fc.stringMatching(/^[A-Z][a-z]{0,8}$/));
const share = fc
  .integer({ min: 1, max: 1_000_000_000 })
  .map((units) => (units === 1_000_000_000 ? '1' : `0.${String(units).padStart(9, '0')}`));
const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
const symbols = fc.uniqueArray(fc.constantFrom(...SYMBOLS), { minLength: 1 });

/** A value that the limit may have, as the server says it. */
function limitValue({ name, unit, default: usual }: LimitDefinition): fc.Arbitrary<string> {
  const whole = unit === 'count' || unit === 'ms';
  const some = whole
    ? fc.integer({ min: 0, max: 200_000 }).map(String)
    : fc.bigInt({ min: 0n, max: unit === 'ratio' ? 1_000_000_000n : 10n ** 16n }).map((units) => {
        const digits = String(units).padStart(10, '0');
        return trimmed(`${digits.slice(0, -9)}.${digits.slice(-9)}`);
      });
  return some.map((text) => {
    const parsed = parseLimit(name, text);
    return parsed.ok ? formatLimit(name, parsed.value) : usual;
  });
}

const someLimits = fc
  .subarray([...LIMIT_DEFINITIONS], { maxLength: 5 })
  .chain((definitions) =>
    fc.tuple(...definitions.map((definition) => limitValue(definition).map((value) => [definition.name, value] as const))),
  )
  .map((entries) => new Map<LimitName, string>(entries));

const strategy = (name: string): fc.Arbitrary<ServerStrategy> =>
  fc.record({
    id: fc.constant(`id-of-${name}`),
    name: fc.constant(name),
    version: fc.constantFrom(...VERSIONS),
    template: fc.constantFrom('sma-crossover', 'a name\nwith a line', '# comment'),
    isRunning: fc.boolean(),
    parameters: fc.record(
      {
        fast: fc.integer({ min: 1, max: 500 }).map(String),
        share: fc.double({ min: 0, max: 1, noNaN: true }).map(String),
        side: fc.constantFrom('both', 'true', 'null'),
      },
      { requiredKeys: [] },
    ),
    symbols,
    timeframe: fc.constantFrom(...TIMEFRAMES),
    allocation: share.map(trimmed),
    size: fc.oneof(
      share.map((each) => `equity:${trimmed(each)}`),
      fc.integer({ min: 1, max: 1e9 }).map((each) => `units:${each}`),
    ),
    execution: fc.constantFrom(...EXECUTION_MODES),
    waitMinutes: fc.integer({ min: 1, max: 10_080 }),
    limits: someLimits,
  });

/** Everything that a server can be set to, as far as the files say it. */
export const serverState: fc.Arbitrary<ServerState> = fc
  .record({
    strategies: fc.uniqueArray(strategyName, { maxLength: 5 }).chain((names) => fc.tuple(...names.map(strategy))),
    limits: fc.tuple(...LIMIT_DEFINITIONS.map(limitValue)),
    lists: fc.tuple(symbols, symbols, fc.constant([])),
    names: fc.uniqueArray(personName, { maxLength: 5 }),
    roles: fc.array(fc.constantFrom(...ROLES), { minLength: 5, maxLength: 5 }),
  })
  .map(({ strategies, limits, lists: [denied, allowed, excepted], names, roles }) => ({
    viewer: { kind: 'person', personId: 'me', role: 'admin' },
    strategies: new Map(strategies.map((each) => [each.name, each])),
    limits: new Map(
      LIMIT_DEFINITIONS.map(({ name, title, unit, default: usual, ceiling, looser }, index) => [
        name,
        { name, title, unit, value: limits[index] ?? usual, default: usual, ceiling: ceiling ?? null, looser },
      ]),
    ),
    restrictions: { denied: denied.toSorted(), allowed: allowed.toSorted(), excepted },
    people: names.map((name, index) => ({ id: `person-${index}`, name, role: roles[index] ?? 'viewer' })),
    alertRules: { yaml: rulesText(NO_RULES_FILE), file: NO_RULES_FILE },
    proposals: [],
    symbols: new Set(SYMBOLS),
  }));
