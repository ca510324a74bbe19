import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RulesFile } from '../../alerts/channel-settings.ts';
import { DAYS } from '../../alerts/quiet-hours.ts';
import { rulesText } from '../../alerts/rules-text.ts';
import { parseAlertRules } from '../settings/alert-rules.ts';
import { readSettings } from '../settings/yaml-file.ts';
import { planLimits } from './plan-limits.ts';
import { planStrategies } from './plan-strategies.ts';
import { planUsers } from './plan-users.ts';
import { limitsFile, strategiesFile, usersFile } from './shapes.ts';
import { serverState, SPECS, VERSIONS } from './test/arbitrary.ts';
import { configurationFiles } from './write.ts';

const KEPT = new Map(VERSIONS.map((version) => [version, SPECS]));
const NOTHING = { problems: [], changes: [] };

test('what a server is set to, applied to it, changes nothing; and its files are the same bytes again', () =>
  fc.assert(
    fc.property(serverState, (state) => {
      const files = configurationFiles(state);
      const strategies = readSettings(files['strategies.yaml'], 's', strategiesFile, 'text');
      const limits = readSettings(files['limits.yaml'], 'l', limitsFile, 'text');
      expect(planStrategies(strategies, state, KEPT)).toEqual(NOTHING);
      expect(planLimits(limits, state, {})).toEqual(NOTHING);
      expect(planUsers(readSettings(files['users.yaml'], 'u', usersFile, 'text'), state)).toEqual(NOTHING);
      const turned = { ...state, strategies: new Map([...state.strategies].toReversed()), people: state.people.toReversed() };
      expect(configurationFiles(turned)).toEqual(files);
    }),
    { numRuns: 60 },
  ));

test('each setting of another server that differs is a change, and no other', () =>
  fc.assert(
    fc.property(serverState, serverState, (here, there) => {
      const limits = readSettings(configurationFiles(there)['limits.yaml'], 'l', limitsFile, 'text');
      const { changes } = planLimits({ ...limits, value: { ...limits.value, strategies: {}, symbols: {} } }, here, {});
      const differ = [...there.limits.values()].filter(({ name, value }) => here.limits.get(name)?.value !== value);
      expect(changes.map(({ subject }) => subject)).toEqual(differ.map((limit) => limit.name));
    }),
    { numRuns: 40 },
  ));

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter((each) => !['webhook', 'slack', 'email'].includes(each));
const span = fc.tuple(fc.integer({ min: 0, max: 9_999 }), fc.constantFrom(1_000, 60_000, 3_600_000)).map(([count, unit]) => count * unit);
const spanOfADay = span.filter((milliseconds) => milliseconds <= 86_400_000);
const minute = fc.integer({ min: 0, max: 1_439 });
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
const severities = fc.subarray(['info', 'warning', 'critical'] as const, { minLength: 1 });

const escalation = fc
  .record({ afterMs: spanOfADay, to: names, times: fc.integer({ min: 1, max: 50 }), everyMs: spanOfADay })
  .map((each) => (each.times > 1 && each.everyMs < 60_000 ? { ...each, everyMs: 60_000 } : each));

const rulesFile: fc.Arbitrary<RulesFile> = fc.record({
  channels: fc.dictionary(
    name,
    fc.oneof(
      fc.record({ email: fc.constant(['ann@example.com', 'no']) }),
      fc.record({ slack: fc.constant('DESK_URL') }),
      fc.record({ webhook: fc.constant('PAGER_URL'), secret: fc.constant('PAGER_SECRET') }),
    ),
    { noNullPrototype: true },
  ),
  rules: fc.record({
    rules: fc.array(
      fc.record({
        codes: fc.option(fc.uniqueArray(fc.constantFrom('OrderDenied', 'Null', 'Yes'), { minLength: 1 }), { nil: undefined }),
        severities: fc.option(severities, { nil: undefined }),
        to: fc.uniqueArray(name, { maxLength: 3 }),
        escalate: fc.array(escalation, { maxLength: 3 }),
      }),
      { maxLength: 4 },
    ),
    quiet: fc.array(
      fc
        .record({
          timeZone: fc.constantFrom('UTC', 'Europe/Zurich'),
          fromMinute: minute,
          toMinute: minute,
          days: fc.subarray([...DAYS], { minLength: 1 }),
          channels: fc.option(names, { nil: undefined }),
          severities: fc.subarray(['info', 'warning'] as const, { minLength: 1 }),
        })
        .filter(({ fromMinute, toMinute }) => fromMinute !== toMinute),
      { maxLength: 3 },
    ),
    groupMs: spanOfADay,
    repeatAfterMs: spanOfADay,
  }),
});

test('rules of alerts, written and read, are the same rules, and the same text again', () =>
  fc.assert(
    fc.property(rulesFile, (file) => {
      const text = rulesText(file);
      const read = parseAlertRules(text, 'f');
      expect(read).toEqual(file);
      expect(rulesText(read)).toBe(text);
    }),
    { numRuns: 60 },
  ));
