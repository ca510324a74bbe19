import type { AlertSeverity } from '../engine/effects.ts';

export interface WebhookSettings {
  readonly url: string;
  /** Signs every body. */
  readonly secret: string;
}
export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else it is begun after the greeting, and must be outside of this machine. */
  readonly secure: boolean;
  readonly requireTls: boolean;
  readonly user: { readonly name: string; readonly password: string } | undefined;
  readonly from: string;
  readonly to: readonly string[];
}
export interface ChannelSettings {
  readonly webhook: WebhookSettings | undefined;
  readonly email: EmailSettings | undefined;
  readonly least: AlertSeverity;
}

/** A variable holds what it cannot. The message repeats no value that may be secret. */
export class ChannelSettingsError extends Error {
  override readonly name = 'ChannelSettingsError';
}

type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_LENGTH_MIN = 16;
const RECIPIENTS_MAX = 20;
const ADDRESS = /^[^\s@<>()[\]"',;:\\]{1,64}@[^\s@<>()[\]"',;:\\]{1,190}$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const SEVERITIES: readonly AlertSeverity[] = ['info', 'warning', 'critical'];
const DEFAULT_PORTS = { 'smtps:': 465, 'smtp:': 587 } as const;

/** True of names that can only mean this machine. */
export const isLoopbackName = (hostname: string): boolean => LOOPBACK.test(hostname);

const refuse = (name: string, why: string): never => {
  throw new ChannelSettingsError(`${name} ${why}`);
};

function urlOf(name: string, text: string, protocols: readonly string[]): URL {
  if (!URL.canParse(text)) return refuse(name, 'is no address');
  const url = new URL(text);
  return protocols.includes(url.protocol) ? url : refuse(name, `must begin with ${protocols.map((each) => `${each}//`).join(' or ')}`);
}

function webhookIn(environment: Environment): WebhookSettings | undefined {
  const [NAME, SECRET] = ['TIDEMARK_ALERT_WEBHOOK_URL', 'TIDEMARK_ALERT_WEBHOOK_SECRET'] as const;
  const { [NAME]: text, [SECRET]: secret } = environment;
  if (text === undefined) return secret === undefined ? undefined : refuse(SECRET, `is set, and ${NAME} is not`);
  const url = urlOf(NAME, text, ['https:', 'http:']);
  if (url.username !== '' || url.password !== '') refuse(NAME, 'holds a name or a password: messages are signed instead');
  if (url.protocol === 'http:' && !isLoopbackName(url.hostname)) refuse(NAME, 'must begin with https:// outside of this machine');
  if (secret === undefined || secret.length < SECRET_LENGTH_MIN)
    return refuse(
      SECRET,
      `must hold at least ${SECRET_LENGTH_MIN} characters: it signs every message. Make one with: openssl rand -hex 32`,
    );
  return { url: url.href, secret };
}

function addressIn(name: string, text: string | undefined): string {
  if (text === undefined || !ADDRESS.test(text.trim())) return refuse(name, 'must hold an e-mail address, like desk@example.com');
  return text.trim();
}

function emailIn(environment: Environment): EmailSettings | undefined {
  const [NAME, FROM, TO] = ['TIDEMARK_ALERT_SMTP_URL', 'TIDEMARK_ALERT_EMAIL_FROM', 'TIDEMARK_ALERT_EMAIL_TO'] as const;
  const { [NAME]: text, [FROM]: from, [TO]: to } = environment;
  if (text === undefined) return from === undefined && to === undefined ? undefined : refuse(NAME, `is not set, and ${FROM} or ${TO} is`);
  const url = urlOf(NAME, text, ['smtps:', 'smtp:']);
  const secure = url.protocol === 'smtps:';
  if (url.hostname === '') refuse(NAME, 'names no host');
  const recipients = (to ?? '').split(',').map((each) => addressIn(TO, each));
  if (recipients.length > RECIPIENTS_MAX) refuse(TO, `holds more than ${RECIPIENTS_MAX} addresses`);
  const decoded = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch (error) {
      if (error instanceof URIError) return refuse(NAME, 'holds a % that stands for nothing: write %25');
      throw error;
    }
  };
  return {
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORTS[secure ? 'smtps:' : 'smtp:'] : Number(url.port),
    secure,
    requireTls: !secure && !isLoopbackName(url.hostname),
    user: url.username === '' ? undefined : { name: decoded(url.username), password: decoded(url.password) },
    from: addressIn(FROM, from),
    to: recipients,
  };
}

function leastIn(environment: Environment): AlertSeverity {
  const name = 'TIDEMARK_ALERT_LEAST_SEVERITY';
  const text = environment[name] ?? 'warning';
  return SEVERITIES.find((each) => each === text) ?? refuse(name, `is one of ${SEVERITIES.join(', ')}`);
}

/** The channels that are set up. Throws {@link ChannelSettingsError}: half a channel would be none on the day that it is needed. */
export const channelSettings = (environment: Environment): ChannelSettings => ({
  webhook: webhookIn(environment),
  email: emailIn(environment),
  least: leastIn(environment),
});

/** Where alerts go, for people, without anything secret. */
export function describeChannels({ webhook, email }: ChannelSettings): string {
  const parts = [
    ...(webhook === undefined ? [] : [`webhook to ${new URL(webhook.url).host}`]),
    ...(email === undefined ? [] : [`e-mail to ${email.to.length === 1 ? email.to[0] : `${email.to.length} addresses`} by ${email.host}`]),
  ];
  return parts.length === 0 ? 'in the dashboard only' : ['in the dashboard', ...parts].join(', ');
}
