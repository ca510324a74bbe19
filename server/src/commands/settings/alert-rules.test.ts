import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ChannelSettingsError, channelSettings, describeChannels } from '../../alerts/channel-settings.ts';
import { parseAlertRules } from './alert-rules.ts';
import { SettingsFileError } from './yaml-file.ts';

const ENVIRONMENT = {
  TIDEMARK_ALERT_SMTP_URL: 'smtps://desk:planted@mail.example.com',
  TIDEMARK_ALERT_EMAIL_FROM: 'tidemark@example.com',
  DESK_SLACK_URL: 'https://hooks.slack.example/planted',
  PAGER_URL: 'https://pager.example.com/planted',
  PAGER_SECRET: 'planted-secret-of-16',
};

/** The example of the document. */
async function example(): Promise<string> {
  const text = await readFile(new URL('../../../../docs/alerts.md', import.meta.url), 'utf8');
  return /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
}

describe('a file of alert rules', () => {
  test('as the document shows it is read whole', async () => {
    const file = parseAlertRules(await example(), 'alerts.yaml');
    const settings = channelSettings(ENVIRONMENT, file);
    expect(describeChannels(settings)).toBe(
      'in the dashboard, desk (slack) to hooks.slack.example, ann (email) to ann@example.com by mail.example.com, pager (webhook) to pager.example.com',
    );
    expect(settings.rules.rules[0]).toMatchObject({
      severities: ['critical'],
      to: ['desk', 'ann'],
      escalate: [{ afterMs: 600_000, to: ['pager'], times: 6, everyMs: 900_000 }],
    });
    expect(settings.rules.quiet[0]).toMatchObject({ fromMinute: 1_320, toMinute: 420, timeZone: 'Europe/Zurich', channels: ['ann'] });
    expect(settings.rules).toMatchObject({ groupMs: 30_000, repeatAfterMs: 600_000 });
  });

  test.each([
    ['an unknown key', 'rules:\n  - to: [desk]\n    sevrities: [info]\n', /^f\.yaml:3:5: there is no "sevrities" in rules\[0\]$/],
    ['an unknown key at the top', 'rule: []\n', /^f\.yaml:1:1: there is no "rule"$/],
    ['a key twice', 'rules: []\nrules: []\n', /^f\.yaml:2:1: Map keys must be unique/],
    ['broken YAML', 'rules: [\n', /^f\.yaml:\d+:\d+: /],
    ['a wrong time', 'group: soon\n', /^f\.yaml:1:8: group: is a time like 30s/],
    [
      'critical in quiet hours',
      'quiet:\n  - { timeZone: UTC, from: "22:00", to: "07:00", severities: [critical] }\n',
      /^f\.yaml:2:63: .*critical always goes out$/,
    ],
    [
      'an hour that is none',
      'quiet:\n  - { timeZone: UTC, from: "25:00", to: "07:00" }\n',
      /^f\.yaml:2:28: quiet\[0\]\.from: is a time of the day/,
    ],
    ['a zone that is none', 'quiet:\n  - { timeZone: Mars, from: "22:00", to: "07:00" }\n', /^f\.yaml:2:17: .*time zone/],
    ['hours that never end', 'quiet:\n  - { timeZone: UTC, from: "07:00", to: "07:00" }\n', /never end/],
    [
      'a repeat without a pause',
      'rules:\n  - { to: [desk], escalate: [{ after: 5m, to: [desk], times: 3 }] }\n',
      /every: is needed with times/,
    ],
    [
      'a name of the environment',
      'channels:\n  slack: { slack: DESK_SLACK_URL }\n',
      /^f\.yaml:2:10: channels\.slack: is the channel of the environment/,
    ],
    ['an alias', 'rules: &a []\nquiet: *a\n', /^f\.yaml:2:8: aliases/],
  ])('%s is refused with its place', (_name, text, message) => {
    expect(() => parseAlertRules(text, 'f.yaml')).toThrow(SettingsFileError);
    expect(() => parseAlertRules(text, 'f.yaml')).toThrow(message);
  });

  test.each([
    ['a channel that is not set up', 'rules: [{ to: [desk] }]\n', /desk of the alert rules is not set up: there is none/],
    ['a variable that is not set', 'channels: { desk: { slack: NOT_SET } }\n', /^NOT_SET is not set/],
    ['no mail server', 'channels: { ann: { email: [ann@example.com] } }\n', /TIDEMARK_ALERT_SMTP_URL is not set/],
    ['no address', 'channels: { ann: { email: [ann] } }\n', /TIDEMARK_ALERT_SMTP_URL is not set|must hold an e-mail address/],
  ])('%s is refused', (_name, text, message) => {
    expect(() => channelSettings({}, parseAlertRules(text, 'f.yaml'))).toThrow(ChannelSettingsError);
    expect(() => channelSettings({}, parseAlertRules(text, 'f.yaml'))).toThrow(message);
  });
});
