import { describe, expect, test } from 'vitest';
import { ChannelSettingsError, channelSettings, describeChannels } from './channel-settings.ts';
import { isWanted, waitAfter } from './channel.ts';
import { NO_RULES } from './rules.ts';

const WEBHOOK = {
  TIDEMARK_ALERT_WEBHOOK_URL: 'https://hooks.example.com/x?planted=1',
  TIDEMARK_ALERT_WEBHOOK_SECRET: 'planted-secret-of-16',
};
const EMAIL = {
  TIDEMARK_ALERT_SMTP_URL: 'smtps://desk:planted%25word@mail.example.com',
  TIDEMARK_ALERT_EMAIL_FROM: 'tidemark@example.com',
  TIDEMARK_ALERT_EMAIL_TO: 'ann@example.com, bob@example.com',
};

const SLACK = { TIDEMARK_ALERT_SLACK_URL: 'https://hooks.slack.example/planted' };
const HEARTBEAT = { TIDEMARK_ALERT_HEARTBEAT_URL: 'https://beats.example.com/planted', TIDEMARK_ALERT_HEARTBEAT_SECONDS: '30' };

describe('channels of the environment', () => {
  test('none is none', () => {
    const none = channelSettings({});
    expect(none).toEqual({ channels: [], rules: NO_RULES, least: 'warning', heartbeat: undefined });
    expect(describeChannels(none)).toBe('in the dashboard only');
  });

  test('are read whole, and described without anything secret', () => {
    const settings = channelSettings({ ...WEBHOOK, ...EMAIL, ...SLACK, ...HEARTBEAT, TIDEMARK_ALERT_LEAST_SEVERITY: 'critical' });
    expect(settings).toMatchObject({
      channels: [
        { name: 'webhook', kind: 'webhook', url: 'https://hooks.example.com/x?planted=1' },
        { name: 'slack', kind: 'slack' },
        {
          name: 'email',
          host: 'mail.example.com',
          port: 465,
          secure: true,
          requireTls: false,
          user: { name: 'desk', password: 'planted%word' },
          to: ['ann@example.com', 'bob@example.com'],
        },
      ],
      heartbeat: { url: 'https://beats.example.com/planted', everyMs: 30_000 },
      least: 'critical',
    });
    expect(describeChannels(settings)).toBe(
      'in the dashboard, webhook to hooks.example.com, Slack to hooks.slack.example, e-mail to 2 addresses by mail.example.com, a heartbeat to beats.example.com',
    );
  });

  test.each([
    ['smtp://mail.example.com', 587, true],
    ['smtp://mail.example.com:2525', 2525, true],
    ['smtp://127.0.0.1:2525', 2525, false],
    ['smtp://[::1]:2525', 2525, false],
    ['smtp://127.0.0.1.example.com', 587, true],
  ])('%s: port %d, TLS is a must: %s', (url, port, requireTls) =>
    expect(channelSettings({ ...EMAIL, TIDEMARK_ALERT_SMTP_URL: url }).channels[0]).toMatchObject({ port, requireTls, secure: false }),
  );

  test.each<[string, Record<string, string | undefined>]>([
    ['http outside of this machine', { ...WEBHOOK, TIDEMARK_ALERT_WEBHOOK_URL: 'http://hooks.example.com/planted' }],
    ['a file', { ...WEBHOOK, TIDEMARK_ALERT_WEBHOOK_URL: 'file:///planted' }],
    ['no address', { ...WEBHOOK, TIDEMARK_ALERT_WEBHOOK_URL: 'planted' }],
    ['a password in the address', { ...WEBHOOK, TIDEMARK_ALERT_WEBHOOK_URL: 'https://a:planted@hooks.example.com' }],
    ['no secret', { ...WEBHOOK, TIDEMARK_ALERT_WEBHOOK_SECRET: undefined }],
    ['a short secret', { ...WEBHOOK, TIDEMARK_ALERT_WEBHOOK_SECRET: 'planted' }],
    ['a secret alone', { TIDEMARK_ALERT_WEBHOOK_SECRET: 'planted-secret-of-16' }],
    ['no sender', { ...EMAIL, TIDEMARK_ALERT_EMAIL_FROM: undefined }],
    ['no recipient', { ...EMAIL, TIDEMARK_ALERT_EMAIL_TO: undefined }],
    ['a recipient with a line end', { ...EMAIL, TIDEMARK_ALERT_EMAIL_TO: 'ann@example.com\nBcc: planted@example.com' }],
    ['a recipient without a server', { ...EMAIL, TIDEMARK_ALERT_EMAIL_TO: 'ann' }],
    ['recipients alone', { TIDEMARK_ALERT_EMAIL_TO: 'ann@example.com' }],
    ['another protocol for mail', { ...EMAIL, TIDEMARK_ALERT_SMTP_URL: 'https://desk:planted@mail.example.com' }],
    ['a half-written character', { ...EMAIL, TIDEMARK_ALERT_SMTP_URL: 'smtps://desk:planted%@mail.example.com' }],
    ['Slack without TLS', { TIDEMARK_ALERT_SLACK_URL: 'http://hooks.slack.example/planted' }],
    ['a heartbeat too often', { ...HEARTBEAT, TIDEMARK_ALERT_HEARTBEAT_SECONDS: '1' }],
    ['an interval alone', { TIDEMARK_ALERT_HEARTBEAT_SECONDS: '60' }],
    ['a severity that is none', { TIDEMARK_ALERT_LEAST_SEVERITY: 'planted' }],
  ])('%s is refused, and nothing secret repeated', (_name, environment) => {
    expect(() => channelSettings(environment)).toThrow(ChannelSettingsError);
    expect(() => channelSettings(environment)).not.toThrow(/planted/);
  });
});

test.each([
  ['OrderDenied', 'warning', 'critical', false],
  ['OrderDenied', 'warning', 'warning', true],
  ['OrderDenied', 'info', 'warning', false],
  ['KillSwitch', 'info', 'critical', true],
  ['DailyLoss', 'warning', 'critical', true],
] as const)('%s (%s) at least %s: %s', (code, severity, least, wanted) => expect(isWanted({ code, severity }, least)).toBe(wanted));

test('waits grow to ten minutes and no further', () =>
  expect([1, 2, 3, 10, 11, 5_000].map(waitAfter)).toEqual([1_000, 2_000, 4_000, 512_000, 600_000, 600_000]));
