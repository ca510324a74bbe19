import { expect, test } from 'vitest';
import { accountSettings } from './account-settings.ts';
import { UsageError } from './usage.ts';

const DEFAULTS = { sessionIdleHours: 12, sessionDays: 7 };

test('without anything said the server is reached on loopback, and a log-in lasts 12 hours unused and 7 days', () =>
  expect(accountSettings(DEFAULTS, {})).toEqual({
    times: { idleMs: 43_200_000, totalMs: 604_800_000 },
    publicOrigin: undefined,
    master: undefined,
  }));

test('the option goes before the environment', () => {
  const environment = { TIDEMARK_PUBLIC_ORIGIN: 'https://one.example' };
  expect(accountSettings(DEFAULTS, environment).publicOrigin?.hostname).toBe('one.example');
  expect(accountSettings({ ...DEFAULTS, publicOrigin: 'https://two.example:8443' }, environment).publicOrigin?.host).toBe(
    'two.example:8443',
  );
});

test.each([
  ['plain http', { publicOrigin: 'http://tidemark.example' }, /not https/],
  ['a path', { publicOrigin: 'https://tidemark.example/app' }, /more than an origin/],
  ['a person', { publicOrigin: 'https://me@tidemark.example' }, /more than an origin/],
  ['no address', { publicOrigin: 'tidemark' }, /no address/],
  ['idle longer than whole', { sessionIdleHours: 25, sessionDays: 1 }, /smaller one/],
  ['for ever', { sessionDays: 91 }, /at most 90/],
])('%s is refused with what to do', (_name, change, message) => {
  expect(() => accountSettings({ ...DEFAULTS, ...change }, {})).toThrow(UsageError);
  expect(() => accountSettings({ ...DEFAULTS, ...change }, {})).toThrow(message);
});
