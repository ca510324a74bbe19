import type { SlackSettings, WebhookSettings } from '../channel-settings.ts';
import { deliveryId } from '../channel.ts';
import type { AlertChannel } from '../channel.ts';
import { signatureOf, slackBody, webhookBody } from '../message.ts';
import { openPoster } from './post.ts';
import type { PosterOptions } from './post.ts';

export interface WebhookOptions extends WebhookSettings, Omit<PosterOptions, 'url'> {
  readonly name?: string;
  /** The wall clock, in milliseconds. */
  readonly nowMs: () => number;
}

/** Posts each alert as signed JSON. */
export function webhookChannel({ name = 'webhook', secret, nowMs, ...place }: WebhookOptions): AlertChannel {
  const { host, post } = openPoster(place);
  return {
    name,
    target: host,
    groupMax: 1,
    deliver: async (alerts, signal) => {
      for (const alert of alerts) {
        const body = webhookBody(alert);
        const signature = signatureOf(body, secret, nowMs());
        await post(body, { 'tidemark-delivery': deliveryId(alert), 'tidemark-signature': signature }, signal);
      }
      return undefined;
    },
    close: () => undefined,
  };
}

const SLACK_GROUP_MAX = 10;

/** Posts to an incoming webhook of Slack: whoever knows the address may, so that it is a secret and nothing is signed. */
export function slackChannel({
  name = 'slack',
  ...place
}: SlackSettings & Omit<PosterOptions, 'url'> & { readonly name?: string }): AlertChannel {
  const { host, post } = openPoster(place);
  return {
    name,
    target: host,
    groupMax: SLACK_GROUP_MAX,
    deliver: async (alerts, signal) => {
      await post(slackBody(alerts), {}, signal);
      return undefined;
    },
    close: () => undefined,
  };
}
