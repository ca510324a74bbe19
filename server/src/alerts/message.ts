import { createHmac } from 'node:crypto';
import { formatInstant } from '../money/instant.ts';
import type { OutgoingAlert } from './channel.ts';

/** What a webhook receives. Fields only grow. */
export const webhookBody = ({ id, seq, severity, code, title, detail, raisedAt, mode }: OutgoingAlert): string =>
  JSON.stringify({ type: 'alert', id, seq, severity, code, title, detail, raisedAt: formatInstant(raisedAt), mode });

/** `t=<unix milliseconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>`. Receivers refuse an old time, and count a `seq` once. */
export const signatureOf = (body: string, secret: string, atMs: number): string =>
  `t=${atMs},v1=${createHmac('sha256', secret).update(`${atMs}.${body}`, 'utf8').digest('hex')}`;

/** Alerts quote brokers and strategies: what would end a line of a header or hide something is shown as a blank. */
const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();

const SUBJECT_MAX = 150;

export const mailSubject = ({ severity, title, mode }: OutgoingAlert): string =>
  `[Tidemark ${mode}] ${severity}: ${plain(title)}`.slice(0, SUBJECT_MAX);

export const mailText = ({ severity, code, title, detail, raisedAt, mode, seq, id }: OutgoingAlert): string =>
  [
    plain(title),
    '',
    plain(detail),
    '',
    `Severity:      ${severity}`,
    `Code:          ${code}`,
    `Account:       ${mode}`,
    `Venue's time:  ${formatInstant(raisedAt)}`,
    `Journal entry: ${seq}`,
    `Alert:         ${plain(id)}`,
    '',
  ].join('\n');
