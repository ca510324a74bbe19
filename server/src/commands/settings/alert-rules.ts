import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ChannelSettings, RulesFile } from '../../alerts/channel-settings.ts';
import { channelSettings } from '../../alerts/channel-settings.ts';
import { afterQuiet, DAYS, minuteOfDay } from '../../alerts/quiet-hours.ts';
import { instantFromMs } from '../../money/instant.ts';
import { parseSettings } from './yaml-file.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const DAY_MS = 86_400_000;
const CHANNELS_MAX = 20;

const span = z
  .string()
  .regex(/^\d{1,4}[smh]$/, 'is a time like 30s, 10m or 2h')
  .transform((text) => Number(text.slice(0, -1)) * UNITS[text.at(-1) as keyof typeof UNITS])
  .refine((milliseconds) => milliseconds <= DAY_MS, 'is at most 24h');
const name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'is a name of small letters, digits and -');
const names = z
  .array(name)
  .max(CHANNELS_MAX)
  .refine((all) => new Set(all).size === all.length, 'names a channel twice');
const variable = z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'names a variable of the environment, like PAGER_URL');
const severity = z.enum(['info', 'warning', 'critical']);
const minute = z.string().transform((text, context) => {
  const minutes = minuteOfDay(text);
  if (minutes !== undefined) return minutes;
  context.addIssue({ code: 'custom', message: 'is a time of the day like 07:00' });
  return z.NEVER;
});
const timeZone = z
  .string()
  .refine((text) => Intl.supportedValuesOf('timeZone').includes(text) || text === 'UTC', 'is a time zone like Europe/Zurich or UTC');

const channel = z.union(
  [
    z.strictObject({ email: z.array(z.string()).min(1).max(CHANNELS_MAX) }),
    z.strictObject({ slack: variable }),
    z.strictObject({ webhook: variable, secret: variable }),
  ],
  { error: 'is one of { email: [an address] }, { slack: VARIABLE } and { webhook: VARIABLE, secret: VARIABLE }' },
);
const escalation = z
  .strictObject({ after: span, to: names.min(1), every: span.optional(), times: z.int().min(1).max(50).default(1) })
  .refine(({ every, times }) => times === 1 || (every ?? 0) >= 60_000, {
    path: ['every'],
    message: 'is needed with times, and is at least 1m',
  })
  .transform(({ after, to, every, times }) => ({ afterMs: after, to, times, everyMs: every ?? 0 }));
const rule = z
  .strictObject({
    codes: z
      .array(z.string().regex(/^[A-Za-z]{1,60}$/, 'is the code of an alert, like OrderDenied'))
      .min(1)
      .optional(),
    severities: z.array(severity).min(1).optional(),
    to: names,
    escalate: z.array(escalation).max(10).default([]),
  })
  .transform(({ codes, severities, to, escalate }) => ({ codes, severities, to, escalate }));
const quiet = z
  .strictObject({
    timeZone,
    from: minute,
    to: minute,
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .default([...DAYS]),
    channels: names.min(1).optional(),
    severities: z
      .array(z.enum(['info', 'warning'], { error: 'holds info and warning: what is critical always goes out' }))
      .min(1)
      .default(['info', 'warning']),
  })
  .transform(({ from, to, channels, ...rest }) => ({ ...rest, fromMinute: from, toMinute: to, channels }))
  .refine((hours) => afterQuiet([hours], instantFromMs(0)) !== undefined, 'never end: leave out a day or an hour');

const rulesFile = z
  .strictObject({
    channels: z.record(name, channel).default({}),
    rules: z.array(rule).max(100).default([]),
    quiet: z.array(quiet).max(20).default([]),
    group: span.default(0),
    repeatAfter: span.default(300_000),
  })
  .superRefine(({ channels }, context) => {
    for (const taken of ['webhook', 'slack', 'email'])
      if (taken in channels)
        context.addIssue({ code: 'custom', path: ['channels', taken], message: 'is the channel of the environment: take another name' });
    if (Object.keys(channels).length > CHANNELS_MAX)
      context.addIssue({ code: 'custom', path: ['channels'], message: `are at most ${CHANNELS_MAX}` });
  })
  .transform(({ channels, rules, quiet: hours, group, repeatAfter }) => ({
    channels,
    rules: { rules, quiet: hours, groupMs: group, repeatAfterMs: repeatAfter },
  }));

/** Throws {@link SettingsFileError}. */
export const parseAlertRules = (text: string, file: string): RulesFile => parseSettings<RulesFile>(text, file, rulesFile);

export const ALERT_RULES_VARIABLE = 'TIDEMARK_ALERT_RULES';

/** Channels of the environment and of the file of rules that it names. */
export async function readAlertSettings(environment: NodeJS.ProcessEnv): Promise<ChannelSettings> {
  const file = environment[ALERT_RULES_VARIABLE];
  return channelSettings(environment, file === undefined ? undefined : parseAlertRules(await readFile(file, 'utf8'), file));
}
