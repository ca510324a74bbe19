import type { AlertSeverity } from '../engine/effects.ts';
import { NO_RULES } from './rules.ts';
import type { AlertRules } from './rules.ts';

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
/** An incoming webhook of Slack: whoever knows the address may post. */
export interface SlackSettings {
  readonly url: string;
}
export type NamedChannel = { readonly name: string } & (
  | ({ readonly kind: 'webhook' } & WebhookSettings)
  | ({ readonly kind: 'slack' } & SlackSettings)
  | ({ readonly kind: 'email' } & EmailSettings)
);
/** Where somebody outside listens for silence. */
export interface HeartbeatSettings {
  readonly url: string;
  readonly everyMs: number;
}
export interface ChannelSettings {
  readonly channels: readonly NamedChannel[];
  readonly rules: AlertRules;
  readonly least: AlertSeverity;
  readonly heartbeat: HeartbeatSettings | undefined;
  /** The file that the rules were read from, without what its variables hold; absent where there is none. */
  readonly file?: RulesFile;
}

/** A channel of a file of rules: who, and which variables hold what is secret. */
export type FileChannel =
  { readonly email: readonly string[] } | { readonly slack: string } | { readonly webhook: string; readonly secret: string };
export interface RulesFile {
  readonly channels: Readonly<Record<string, FileChannel>>;
  readonly rules: AlertRules;
}
/** What holds where no file was named. */
export const NO_RULES_FILE: RulesFile = { channels: {}, rules: NO_RULES };

/** A variable holds what it cannot. The message repeats no value that may be secret. */
export class ChannelSettingsError extends Error {
  override readonly name = 'ChannelSettingsError';
}

type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_LENGTH_MIN = 16;
const RECIPIENTS_MAX = 20;
const [HEARTBEAT_SECONDS_MIN, HEARTBEAT_SECONDS_MAX] = [10, 3_600] as const;
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

/** The address that a variable holds: over TLS outside of this machine, and without a name or a password in it. */
function hookUrl(environment: Environment, name: string): string | undefined {
  const text = environment[name];
  if (text === undefined) return undefined;
  const url = urlOf(name, text, ['https:', 'http:']);
  if (url.username !== '' || url.password !== '') refuse(name, 'holds a name or a password: messages are signed instead');
  if (url.protocol === 'http:' && !isLoopbackName(url.hostname)) refuse(name, 'must begin with https:// outside of this machine');
  return url.href;
}

function webhookIn(environment: Environment, NAME: string, SECRET: string): WebhookSettings | undefined {
  const url = hookUrl(environment, NAME);
  const secret = environment[SECRET];
  if (url === undefined) return secret === undefined ? undefined : refuse(SECRET, `is set, and ${NAME} is not`);
  if (secret === undefined || secret.length < SECRET_LENGTH_MIN)
    return refuse(
      SECRET,
      `must hold at least ${SECRET_LENGTH_MIN} characters: it signs every message. Make one with: openssl rand -hex 32`,
    );
  return { url, secret };
}

function addressIn(name: string, text: string | undefined): string {
  if (text === undefined || !ADDRESS.test(text.trim())) return refuse(name, 'must hold an e-mail address, like desk@example.com');
  return text.trim();
}

/** The mail server, with those to whom everything goes: nobody where a file says to whom, and none is named here. */
function emailIn(environment: Environment, isNamedInFile: boolean): EmailSettings | undefined {
  const [NAME, FROM, TO] = ['TIDEMARK_ALERT_SMTP_URL', 'TIDEMARK_ALERT_EMAIL_FROM', 'TIDEMARK_ALERT_EMAIL_TO'] as const;
  const { [NAME]: text, [FROM]: from, [TO]: to } = environment;
  if (text === undefined) return from === undefined && to === undefined ? undefined : refuse(NAME, `is not set, and ${FROM} or ${TO} is`);
  const url = urlOf(NAME, text, ['smtps:', 'smtp:']);
  const secure = url.protocol === 'smtps:';
  if (url.hostname === '') refuse(NAME, 'names no host');
  const recipients = to === undefined && isNamedInFile ? [] : (to ?? '').split(',').map((each) => addressIn(TO, each));
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

function heartbeatIn(environment: Environment): HeartbeatSettings | undefined {
  const [NAME, SECONDS] = ['TIDEMARK_ALERT_HEARTBEAT_URL', 'TIDEMARK_ALERT_HEARTBEAT_SECONDS'] as const;
  const url = hookUrl(environment, NAME);
  const text = environment[SECONDS];
  if (url === undefined) return text === undefined ? undefined : refuse(SECONDS, `is set, and ${NAME} is not`);
  const seconds = Number(text ?? 60);
  if (!Number.isInteger(seconds) || seconds < HEARTBEAT_SECONDS_MIN || seconds > HEARTBEAT_SECONDS_MAX)
    return refuse(SECONDS, `is a whole number from ${HEARTBEAT_SECONDS_MIN} to ${HEARTBEAT_SECONDS_MAX}`);
  return { url, everyMs: seconds * 1_000 };
}

/** A channel of the file, with what its variables hold. */
function fileChannel(name: string, channel: FileChannel, environment: Environment, email: EmailSettings | undefined): NamedChannel {
  const of = `the channel ${name} of the alert rules`;
  if ('email' in channel) {
    if (email === undefined) return refuse('TIDEMARK_ALERT_SMTP_URL', `is not set, and ${of} is sent by it`);
    return { name, kind: 'email', ...email, to: channel.email.map((each) => addressIn(`${of}:`, each)) };
  }
  const variable = 'slack' in channel ? channel.slack : channel.webhook;
  if (environment[variable] === undefined) return refuse(variable, `is not set: it holds the address of ${of}`);
  if ('slack' in channel) return { name, kind: 'slack', url: hookUrl(environment, variable) ?? '' };
  const webhook = webhookIn(environment, variable, channel.secret);
  return webhook === undefined ? refuse(variable, 'is not set') : { name, kind: 'webhook', ...webhook };
}

/**
 * The channels that are set up, with the rules of a file where there is one. Throws {@link ChannelSettingsError}: half a channel would be none on the day
 * that it is needed.
 */
export function channelSettings(environment: Environment, file?: RulesFile): ChannelSettings {
  const webhook = webhookIn(environment, 'TIDEMARK_ALERT_WEBHOOK_URL', 'TIDEMARK_ALERT_WEBHOOK_SECRET');
  const slack = hookUrl(environment, 'TIDEMARK_ALERT_SLACK_URL');
  const email = emailIn(environment, file !== undefined && Object.values(file.channels).some((channel) => 'email' in channel));
  const channels: readonly NamedChannel[] = [
    ...(webhook === undefined ? [] : [{ name: 'webhook', kind: 'webhook' as const, ...webhook }]),
    ...(slack === undefined ? [] : [{ name: 'slack', kind: 'slack' as const, url: slack }]),
    ...(email === undefined || email.to.length === 0 ? [] : [{ name: 'email', kind: 'email' as const, ...email }]),
    ...Object.entries(file?.channels ?? {}).map(([name, channel]) => fileChannel(name, channel, environment, email)),
  ];
  const rules = file?.rules ?? NO_RULES;
  const names = new Set(channels.map(({ name }) => name));
  const named = [
    ...rules.rules.flatMap(({ to, escalate }) => [...to, ...escalate.flatMap((each) => each.to)]),
    ...rules.quiet.flatMap((each) => each.channels ?? []),
  ];
  const unknown = named.find((name) => !names.has(name));
  if (unknown !== undefined)
    refuse(
      `The channel ${unknown} of the alert rules`,
      `is not set up: there ${names.size === 0 ? 'is none' : `are ${[...names].join(', ')}`}`,
    );
  return { channels, rules, least: leastIn(environment), heartbeat: heartbeatIn(environment), ...(file === undefined ? {} : { file }) };
}

function describeChannel(channel: NamedChannel): string {
  const { name, kind } = channel;
  const label = name === kind ? { webhook: 'webhook', slack: 'Slack', email: 'e-mail' }[kind] : `${name} (${kind})`;
  if (channel.kind !== 'email') return `${label} to ${new URL(channel.url).host}`;
  return `${label} to ${channel.to.length === 1 ? channel.to[0] : `${channel.to.length} addresses`} by ${channel.host}`;
}

/** Where alerts go, for people, without anything secret. */
export function describeChannels({ channels, heartbeat }: Pick<ChannelSettings, 'channels' | 'heartbeat'>): string {
  const beat = heartbeat === undefined ? [] : [`a heartbeat to ${new URL(heartbeat.url).host}`];
  const parts = [...channels.map(describeChannel), ...beat];
  return parts.length === 0 ? 'in the dashboard only' : ['in the dashboard', ...parts].join(', ');
}
