import { createHmac } from 'node:crypto';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { deliveryId } from './channel.ts';
import type { OutgoingAlert } from './channel.ts';
import { readable } from './readable.ts';

/** What a webhook receives. Fields only grow. */
export const webhookBody = (alert: OutgoingAlert): string => {
  const { id, seq, severity, code, title, detail, raisedAt, mode, step } = alert;
  const fields = { id, seq, severity, code, title, detail, raisedAt: formatInstant(raisedAt), mode };
  return JSON.stringify({ type: 'alert', ...fields, delivery: deliveryId(alert), escalation: step });
};

/** `t=<unix milliseconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>`. Receivers refuse an old time, and count a `seq` once. */
export const signatureOf = (body: string, secret: string, atMs: number): string =>
  `t=${atMs},v1=${createHmac('sha256', secret).update(`${atMs}.${body}`, 'utf8').digest('hex')}`;

/** Alerts quote brokers and strategies: what would end a line of a header or hide something is shown as a blank. */
const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();

/** A webhook is read by programs and has the text as it was written; people read its numbers as the dashboard writes them. */
const told = (text: string): string => readable(plain(text));

const SUBJECT_MAX = 150;
const again = ({ step }: OutgoingAlert): string => (step === 0 ? '' : 'not acknowledged: ');

const gravest = (alerts: readonly OutgoingAlert[]): OutgoingAlert['severity'] =>
  (['critical', 'warning'] as const).find((severity) => alerts.some((alert) => alert.severity === severity)) ?? 'info';

/** Of one alert or of several that go out together. */
export function mailSubject(alerts: readonly OutgoingAlert[]): string {
  const [first] = alerts;
  if (first === undefined) throw new Error('Invariant: a message tells of an alert');
  const what = alerts.length === 1 ? `${again(first)}${told(first.title)}` : `${alerts.length} alerts, first: ${told(first.title)}`;
  return `[Tidemark ${first.mode}] ${gravest(alerts)}: ${what}`.slice(0, SUBJECT_MAX);
}

const paragraphOf = (alert: OutgoingAlert): string => {
  const { severity, code, title, detail, raisedAt, mode, seq, id } = alert;
  return [
    `${again(alert)}${told(title)}`,
    '',
    told(detail),
    '',
    `Severity:      ${severity}`,
    `Code:          ${code}`,
    `Account:       ${mode}`,
    `Venue's time:  ${formatInstant(raisedAt)}`,
    `Journal entry: ${seq}`,
    `Alert:         ${plain(id)}`,
    '',
  ].join('\n');
};

export const mailText = (alerts: readonly OutgoingAlert[]): string => alerts.map(paragraphOf).join('\n----\n\n');

const SLACK_MARKS = { info: ':information_source:', warning: ':warning:', critical: ':rotating_light:' } as const;
const SLACK_MAX = 2_000;
/** What Slack reads as a mention, a link or a character of its own is shown as it is. */
const slackPlain = (text: string): string => told(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The body for an incoming webhook of Slack, or of what speaks like it. Nobody is called by what a broker says. */
export const slackBody = (alerts: readonly OutgoingAlert[]): string =>
  JSON.stringify({
    text: alerts
      .map((alert) => {
        const { severity, code, title, detail, mode, seq } = alert;
        const words = `${again(alert)}${slackPlain(title)}\n${slackPlain(detail)}`.slice(0, SLACK_MAX);
        return `${SLACK_MARKS[severity]} [Tidemark ${mode}] ${severity}: ${words}\n${slackPlain(code)}, journal entry ${seq}`;
      })
      .join('\n\n'),
    unfurl_links: false,
  });

export interface Heartbeat {
  readonly version: string;
  readonly mode: OutgoingAlert['mode'];
  readonly tradingState: string;
  /** The journal's last entry. */
  readonly seq: number;
  readonly at: Instant;
}

/** What somebody outside receives while all is well. Fields only grow. */
export const heartbeatBody = ({ version, mode, tradingState, seq, at }: Heartbeat): string =>
  JSON.stringify({ type: 'heartbeat', version, mode, tradingState, seq, at: formatInstant(at) });
