import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant, instantFromMs } from '../money/instant.ts';
import { isUrgent } from './channel.ts';
import { DAYS, isQuiet } from './quiet-hours.ts';
import { NO_RULES, planOf } from './rules.ts';
import type { AlertRules } from './rules.ts';

const CHANNELS = ['webhook', 'email', 'pager'];
const NOON = instant('2026-01-05T12:00:00Z');
const NIGHT = instant('2026-01-05T23:00:00Z');
const MORNING = instant('2026-01-06T07:00:00Z');
const quiet = {
  timeZone: 'UTC',
  fromMinute: 1_320,
  toMinute: 420,
  days: DAYS,
  channels: undefined,
  severities: ['info', 'warning'] as const,
};
const WARNING = { code: 'OrderDenied', severity: 'warning' } as const;
const CRITICAL = { code: 'DifferenceFound', severity: 'critical' } as const;
const rule = { codes: undefined, severities: undefined, to: ['email'], escalate: [] };

describe('the plan of an alert', () => {
  test('without rules is everybody at once', () =>
    expect(planOf(WARNING, CHANNELS, NO_RULES, NOON)).toEqual(CHANNELS.map((channel) => ({ channel, step: 0, at: NOON, held: false }))));

  test.each([
    ['the first rule that fits', { rules: [{ ...rule, codes: ['Other'], to: ['pager'] }, rule] }, WARNING, ['email 0']],
    ['a severity', { rules: [{ ...rule, severities: ['critical' as const], to: ['pager'] }] }, CRITICAL, ['pager 0']],
    ['nobody', { rules: [{ ...rule, to: [] }] }, WARNING, []],
    ['nobody, and it is critical', { rules: [{ ...rule, to: [] }] }, CRITICAL, ['webhook 0', 'email 0', 'pager 0']],
    [
      'nobody, and it is a breaker',
      { rules: [{ ...rule, to: [] }] },
      { code: 'DailyLoss', severity: 'warning' as const },
      ['webhook 0', 'email 0', 'pager 0'],
    ],
    [
      'escalation to the same and to others',
      { rules: [{ ...rule, escalate: [{ afterMs: 60_000, to: ['email', 'pager'], times: 2, everyMs: 60_000 }] }] },
      WARNING,
      ['email 0', 'email 60', 'email 120', 'pager 60', 'pager 120'],
    ],
  ])('follows %s', (_name, rules, alert, expected) => {
    const plan = planOf(alert, CHANNELS, { ...NO_RULES, ...rules }, NOON);
    expect(plan.map(({ channel, at }) => `${channel} ${(at - NOON) / 1_000}`)).toEqual(expected);
  });

  test('waits for the morning, and says once what the night pushed together', () => {
    const escalate = [{ afterMs: 60_000, to: ['email'], times: 3, everyMs: 60_000 }];
    const rules: AlertRules = { ...NO_RULES, rules: [{ ...rule, escalate }], quiet: [quiet] };
    expect(planOf(WARNING, CHANNELS, rules, NIGHT)).toEqual([{ channel: 'email', step: 0, at: MORNING, held: true }]);
    expect(planOf(CRITICAL, CHANNELS, rules, NIGHT)[0]).toEqual({ channel: 'email', step: 0, at: NIGHT, held: false });
  });

  const severities = fc.constantFrom('info' as const, 'warning' as const, 'critical' as const);
  const alerts = fc.record({ code: fc.constantFrom('OrderDenied', 'KillSwitch', 'SymbolHalted'), severity: severities });
  const somebody = fc.subarray(CHANNELS);
  const sets: fc.Arbitrary<AlertRules> = fc.record({
    rules: fc.array(
      fc.record({
        codes: fc.option(fc.subarray(['OrderDenied', 'SymbolHalted'], { minLength: 1 }), { nil: undefined }),
        severities: fc.option(fc.subarray(['info' as const, 'warning' as const, 'critical' as const], { minLength: 1 }), {
          nil: undefined,
        }),
        to: somebody,
        escalate: fc.array(
          fc.record({
            afterMs: fc.integer({ min: 0, max: 7_200_000 }),
            to: fc.subarray(CHANNELS, { minLength: 1 }),
            times: fc.integer({ min: 1, max: 4 }),
            everyMs: fc.integer({ min: 60_000, max: 3_600_000 }),
          }),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 3 },
    ),
    quiet: fc.array(fc.constantFrom(quiet, { ...quiet, timeZone: 'Asia/Tokyo', channels: ['email'] }), { maxLength: 2 }),
    groupMs: fc.constantFrom(0, 30_000),
    repeatAfterMs: fc.constant(0),
  });

  test('never holds back what is urgent, tells nobody in quiet hours else, and numbers each message once', () => {
    fc.assert(
      fc.property(alerts, sets, fc.integer({ min: 0, max: 2_880 }), (alert, rules, minutes) => {
        const now = instantFromMs(NOON + minutes * 60_000);
        const plan = planOf(alert, CHANNELS, rules, now);
        expect(new Set(plan.map(({ channel, step }) => `${channel} ${step}`)).size).toBe(plan.length);
        expect(plan.every(({ at }) => at >= now)).toBe(true);
        if (isUrgent(alert)) expect(plan.some(({ at, held }) => at === now && !held)).toBe(true);
        else
          for (const { channel, at } of plan)
            for (const hours of rules.quiet)
              if (hours.channels?.includes(channel) !== false && alert.severity !== 'critical') expect(isQuiet(hours, at)).toBe(false);
      }),
    );
  });
});
