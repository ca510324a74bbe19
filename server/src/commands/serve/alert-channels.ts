import type { Kysely } from 'kysely';
import { ALERTING_STUCK, watchAlerting } from '../../alerts/alerting-watch.ts';
import type { ChannelSettings, HeartbeatSettings, NamedChannel } from '../../alerts/channel-settings.ts';
import type { AlertChannel } from '../../alerts/channel.ts';
import type { Dispatch } from '../../alerts/dispatch-service.ts';
import { heartbeatBody } from '../../alerts/message.ts';
import { lateChannels } from '../../alerts/outbox-service.ts';
import type { OutboxTables } from '../../alerts/outbox-service.ts';
import { emailChannel } from '../../alerts/providers/email.ts';
import { openPoster } from '../../alerts/providers/post.ts';
import { slackChannel, webhookChannel } from '../../alerts/providers/webhook.ts';
import type { Session } from '../../engine/session.ts';
import type { Journal } from '../../journal/journal.ts';
import { MACHINE_TIMERS } from '../../market-data/providers/timers.ts';

function channelOf(channel: NamedChannel): AlertChannel {
  if (channel.kind === 'email') return emailChannel(channel);
  return channel.kind === 'slack' ? slackChannel(channel) : webhookChannel({ ...channel, nowMs: () => Date.now() });
}

/** The channels that are set up, ready to send. */
export const channelsOf = (settings: ChannelSettings | undefined): readonly AlertChannel[] => (settings?.channels ?? []).map(channelOf);

export interface WatchParts {
  readonly db: Kysely<OutboxTables>;
  readonly journal: Pick<Journal, 'head'>;
  readonly session: Pick<Session, 'state' | 'command'>;
  readonly dispatch: Dispatch;
  readonly channels: readonly AlertChannel[];
  readonly version: string;
  readonly report: (what: string, error: unknown) => void;
}

const BEAT_MS = 60_000;

function beatOf({ url }: HeartbeatSettings, { journal, session, version }: WatchParts) {
  const { post } = openPoster({ url });
  return (signal: AbortSignal): Promise<void> => {
    const { tradingState, mode } = session.state();
    return post(heartbeatBody({ version, tradingState, mode, seq: journal.head().seq, at: MACHINE_TIMERS.now() }), {}, signal);
  };
}

/** Looks whether alerts get out, and tells somebody outside that they do. */
export function startAlertingWatch(heartbeat: HeartbeatSettings | undefined, parts: WatchParts): () => Promise<void> {
  const { db, journal, session, dispatch, channels, report } = parts;
  const names = channels.map(({ name }) => name);
  return watchAlerting({
    channels,
    head: () => journal.head().seq,
    taken: () => dispatch.taken(),
    late: (now) => lateChannels(db, names, now),
    known: [...session.state().alerts.values()]
      .filter(({ code }) => code === ALERTING_STUCK)
      .map(({ id }) => id.slice(ALERTING_STUCK.length + 1)),
    tell: async (notice) => void (await session.command({ kind: 'NoticeGiven', at: session.state().now, notice, part: 'alerts' })),
    beat: heartbeat === undefined ? undefined : beatOf(heartbeat, parts),
    beatMs: heartbeat?.everyMs ?? BEAT_MS,
    timers: MACHINE_TIMERS,
    report,
  });
}
