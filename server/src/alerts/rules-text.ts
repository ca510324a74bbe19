import { stringify } from 'yaml';
import type { FileChannel, RulesFile } from './channel-settings.ts';
import type { AlertRule, ChannelQuietHours, Escalation } from './rules.ts';

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;
const MINUTES_AN_HOUR = 60;

/** `90s`, `10m`, `2h`: in the largest unit that is exact. */
function spanText(milliseconds: number): string {
  const [unit, size] = UNITS.find((each) => milliseconds > 0 && milliseconds % each[1] === 0) ?? UNITS[2];
  return `${milliseconds / size}${unit}`;
}

const clockText = (minute: number): string =>
  `${String(Math.floor(minute / MINUTES_AN_HOUR)).padStart(2, '0')}:${String(minute % MINUTES_AN_HOUR).padStart(2, '0')}`;

const channelEntry = (channel: FileChannel): FileChannel => {
  if ('email' in channel) return { email: channel.email };
  return 'slack' in channel ? { slack: channel.slack } : { webhook: channel.webhook, secret: channel.secret };
};

const escalationEntry = ({ afterMs, to, times, everyMs }: Escalation) => ({
  after: spanText(afterMs),
  to,
  times,
  ...(everyMs === 0 ? {} : { every: spanText(everyMs) }),
});

const ruleEntry = ({ codes, severities, to, escalate }: AlertRule) => ({
  ...(codes === undefined ? {} : { codes }),
  ...(severities === undefined ? {} : { severities }),
  to,
  ...(escalate.length === 0 ? {} : { escalate: escalate.map(escalationEntry) }),
});

const quietEntry = ({ timeZone, fromMinute, toMinute, days, channels, severities }: ChannelQuietHours) => ({
  timeZone,
  from: clockText(fromMinute),
  to: clockText(toMinute),
  days,
  ...(channels === undefined ? {} : { channels }),
  severities,
});

/** The file that says these rules: read again, it gives the same ones. Of what is secret it names the variables, as every such file does. */
export function rulesText({ channels, rules }: RulesFile): string {
  const names = Object.keys(channels).toSorted();
  const entries = {
    channels: Object.fromEntries(names.map((name) => [name, channelEntry(channels[name] ?? { email: [] })])),
    rules: rules.rules.map(ruleEntry),
    quiet: rules.quiet.map(quietEntry),
    group: spanText(rules.groupMs),
    repeatAfter: spanText(rules.repeatAfterMs),
  };
  return stringify(entries, { lineWidth: 0, aliasDuplicateObjects: false });
}
