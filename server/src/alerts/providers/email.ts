import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { EmailSettings } from '../channel-settings.ts';
import { deliveryId, NotDelivered } from '../channel.ts';
import type { AlertChannel, OutgoingAlert } from '../channel.ts';
import { mailSubject, mailText } from '../message.ts';

const DEADLINE_MS = 15_000;
const ID_LENGTH = 24;

const GROUP_MAX = 20;

/** The same for each try: mail programs show a message that came twice as one. */
const messageId = (alerts: readonly OutgoingAlert[]): string =>
  `<${createHash('sha256')
    .update(JSON.stringify(alerts.map((alert) => [deliveryId(alert), alert.id, alert.raisedAt])))
    .digest('hex')
    .slice(0, ID_LENGTH)}@tidemark.invalid>`;

/** Codes and numbers only: what servers say may repeat names, and what they were sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the mail server failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const answer = 'responseCode' in error && typeof error.responseCode === 'number' ? `, answer ${error.responseCode}` : '';
  return `the mail server did not take it (${code}${answer})`;
}

/** Messages by SMTP, each of what is due together. Outside of this machine always over TLS, with a certificate that is valid. */
export function emailChannel(
  { name = 'email', host, port, secure, requireTls, user, from, to }: EmailSettings & { readonly name?: string },
  deadlineMs = DEADLINE_MS,
): AlertChannel {
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    tls: { minVersion: 'TLSv1.2' },
    ...(user === undefined ? {} : { auth: { user: user.name, pass: user.password } }),
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    dnsTimeout: deadlineMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name,
    groupMax: GROUP_MAX,
    target: `${to.length === 1 ? (to[0] ?? '') : `${to.length} addresses`} by ${host}`,
    deliver: async (alerts) => {
      try {
        const { rejected } = await transport.sendMail({
          from,
          to: [...to],
          subject: mailSubject(alerts),
          text: mailText(alerts),
          messageId: messageId(alerts),
          priority: alerts.some(({ severity }) => severity === 'critical') ? 'high' : 'normal',
        });
        // Once some have it, it is sent: another try would come to them again, as often as it is tried for the others. Where all are refused the library throws.
        return rejected.length === 0 ? undefined : `${rejected.length} of ${to.length} addresses were refused`;
      } catch (error) {
        throw new NotDelivered(reasonOf(error));
      }
    },
    close: () => transport.close(),
  };
}
