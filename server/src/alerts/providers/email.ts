import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { EmailSettings } from '../channel-settings.ts';
import { NotDelivered } from '../channel.ts';
import type { AlertChannel, OutgoingAlert } from '../channel.ts';
import { mailSubject, mailText } from '../message.ts';

const DEADLINE_MS = 15_000;
const ID_LENGTH = 24;

/** The same for each try: mail programs show a message that came twice as one. */
const messageId = ({ seq, id, raisedAt }: OutgoingAlert): string =>
  `<${createHash('sha256')
    .update(JSON.stringify([seq, id, raisedAt]))
    .digest('hex')
    .slice(0, ID_LENGTH)}@tidemark.invalid>`;

/** Codes and numbers only: what servers say may repeat names, and what they were sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the mail server failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const answer = 'responseCode' in error && typeof error.responseCode === 'number' ? `, answer ${error.responseCode}` : '';
  return `the mail server did not take it (${code}${answer})`;
}

/** One message for each alert, by SMTP. Outside of this machine always over TLS, with a certificate that is valid. */
export function emailChannel({ host, port, secure, requireTls, user, from, to }: EmailSettings, deadlineMs = DEADLINE_MS): AlertChannel {
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
    name: 'email',
    target: `${to.length === 1 ? (to[0] ?? '') : `${to.length} addresses`} by ${host}`,
    deliver: async (alert) => {
      try {
        const { rejected } = await transport.sendMail({
          from,
          to: [...to],
          subject: mailSubject(alert),
          text: mailText(alert),
          messageId: messageId(alert),
          priority: alert.severity === 'critical' ? 'high' : 'normal',
        });
        if (rejected.length > 0) throw new NotDelivered(`${rejected.length} of ${to.length} addresses were refused`);
      } catch (error) {
        throw error instanceof NotDelivered ? error : new NotDelivered(reasonOf(error));
      }
    },
    close: () => transport.close(),
  };
}
