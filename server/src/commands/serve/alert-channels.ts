import type { ChannelSettings } from '../../alerts/channel-settings.ts';
import type { AlertChannel } from '../../alerts/channel.ts';
import { emailChannel } from '../../alerts/providers/email.ts';
import { webhookChannel } from '../../alerts/providers/webhook.ts';

/** The channels that are set up, ready to send. */
export function channelsOf(settings: ChannelSettings | undefined): readonly AlertChannel[] {
  const { webhook, email } = settings ?? {};
  return [
    ...(webhook === undefined ? [] : [webhookChannel({ ...webhook, nowMs: () => Date.now() })]),
    ...(email === undefined ? [] : [emailChannel(email)]),
  ];
}
