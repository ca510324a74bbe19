import type { Alert, AlertSeverity } from '../engine/effects.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { isUrgent } from './channel.ts';
import { afterQuiet } from './quiet-hours.ts';
import type { QuietHours } from './quiet-hours.ts';

/** Who is told next while nobody has acknowledged an alert. */
export interface Escalation {
  /** Since the alert was taken up. */
  readonly afterMs: number;
  readonly to: readonly string[];
  /** Told so often, … */
  readonly times: number;
  /** … with this between. */
  readonly everyMs: number;
}

export interface AlertRule {
  /** Every code where absent. */
  readonly codes: readonly string[] | undefined;
  readonly severities: readonly AlertSeverity[] | undefined;
  /** Nobody beside the dashboard where empty; what is urgent goes to everybody then. */
  readonly to: readonly string[];
  readonly escalate: readonly Escalation[];
}

export interface ChannelQuietHours extends QuietHours {
  /** Every channel where absent. */
  readonly channels: readonly string[] | undefined;
  readonly severities: readonly AlertSeverity[];
}

/** Which alert goes where, and when. */
export interface AlertRules {
  /** The first that fits counts; an alert that none fits goes to every channel. */
  readonly rules: readonly AlertRule[];
  readonly quiet: readonly ChannelQuietHours[];
  /** What is not urgent waits so long for others, to go out in one message. */
  readonly groupMs: number;
  /** The same alert, over and raised again within this time, is not told again unless it is critical. */
  readonly repeatAfterMs: number;
}

export const NO_RULES: AlertRules = { rules: [], quiet: [], groupMs: 0, repeatAfterMs: 300_000 };

/** One message that is to go out. */
export interface PlannedDelivery {
  readonly channel: string;
  /** 0 at once; then how often somebody has been told before. */
  readonly step: number;
  readonly at: Instant;
  /** Held back by quiet hours, or waits whether somebody acknowledges: not sent any more once the alert is over. */
  readonly held: boolean;
}

type Routed = Pick<Alert, 'code' | 'severity'>;

const fits = ({ code, severity }: Routed, { codes, severities }: AlertRule): boolean =>
  (codes === undefined || codes.includes(code)) && (severities === undefined || severities.includes(severity));

const later = (at: Instant, milliseconds: number): Instant => instantFromMs(at + milliseconds);

/** When a channel may be told of it; quiet hours that never end hold nothing back. */
function quietUntil(alert: Routed, channel: string, { quiet }: AlertRules, at: Instant): Instant {
  if (isUrgent(alert)) return at;
  const hours = quiet.filter(
    ({ channels, severities }) => (channels === undefined || channels.includes(channel)) && severities.includes(alert.severity),
  );
  return afterQuiet(hours, at) ?? at;
}

/** All messages that an alert can come to, taken up at a moment, in the order of time for each channel. */
export function planOf(alert: Routed, channels: readonly string[], rules: AlertRules, now: Instant): readonly PlannedDelivery[] {
  const rule = rules.rules.find((each) => fits(alert, each));
  const chosen = rule === undefined || (rule.to.length === 0 && isUrgent(alert)) ? channels : rule.to;
  const first = isUrgent(alert) ? now : later(now, rules.groupMs);
  const wanted = [
    ...chosen.map((channel) => ({ channel, at: first, escalates: false })),
    ...(rule?.escalate ?? []).flatMap(({ afterMs, to, times, everyMs }) =>
      Array.from({ length: times }, (_, time) => later(now, afterMs + time * everyMs)).flatMap((at) =>
        to.map((channel) => ({ channel, at, escalates: true })),
      ),
    ),
  ];
  return channels.flatMap((channel) => {
    const planned = wanted
      .filter((each) => each.channel === channel)
      .map(({ at, escalates }) => ({ wantedAt: at, at: quietUntil(alert, channel, rules, at), escalates }))
      .toSorted((a, b) => a.at - b.at || Number(a.escalates) - Number(b.escalates));
    const before = planned[0]?.escalates === true ? 1 : 0;
    // What quiet hours push together is said once.
    return planned
      .filter(({ at }, index) => index === 0 || at !== planned[index - 1]?.at)
      .map(({ at, wantedAt, escalates }, index) => ({
        channel,
        step: escalates ? Math.max(1, index + before) : 0,
        at,
        held: escalates || at !== wantedAt,
      }));
  });
}
