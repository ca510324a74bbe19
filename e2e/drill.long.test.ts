import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHook, startPost } from '../server/src/alerts/test/receivers.ts';
import type { Hook, Post } from '../server/src/alerts/test/receivers.ts';
import { run } from './product.ts';

const USER = { name: 'desk', password: 'planted-password' };
let hook: Hook;
let post: Post;
beforeAll(async () => {
  hook = await startHook();
  post = await startPost(USER);
});
afterAll(async () => {
  await hook.close();
  await post.close();
});

const channels = (): NodeJS.ProcessEnv => ({
  TIDEMARK_ALERT_WEBHOOK_URL: hook.url,
  TIDEMARK_ALERT_WEBHOOK_SECRET: 'planted-webhook-secret',
  TIDEMARK_ALERT_SMTP_URL: `smtp://${USER.name}:${USER.password}@127.0.0.1:${post.port}`,
  TIDEMARK_ALERT_EMAIL_FROM: 'tidemark@example.com',
  TIDEMARK_ALERT_EMAIL_TO: 'ann@example.com',
});

test('a drill cancels what it placed, is told on every channel, and releases nothing', async () => {
  const { code, out, err } = await run(['drill', '--json'], channels());
  const { ok, steps } = JSON.parse(out) as { ok: boolean; steps: { step: string; ok: boolean; detail: string }[] };
  expect([code, ok, steps.filter((step) => !step.ok)]).toEqual([0, true, []]);
  expect(steps.map(({ step }) => step.replace(/ to .*/, ''))).toEqual([
    'ready',
    'orders placed',
    'orders at the broker',
    'kill switch',
    'orders cancelled',
    'nothing at the exchange',
    'gate closed',
    'alert in the dashboard',
    'alert by webhook',
    'alert by email',
    'stays stopped',
  ]);
  const codes = hook.received.map(({ body }) => (JSON.parse(body) as { code: string }).code);
  expect(codes).toContain('KillSwitch');
  expect(post.mails.some(({ text }) => text.includes('Kill switch: frozen'))).toBe(true);
  expect(out + err).not.toMatch(/planted/);
});

test('half a channel refuses the drill, and names the variable', async () => {
  const { code, err } = await run(['drill'], { TIDEMARK_ALERT_WEBHOOK_URL: hook.url, TIDEMARK_ALERT_WEBHOOK_SECRET: undefined });
  expect([code, err]).toEqual([1, expect.stringMatching(/TIDEMARK_ALERT_WEBHOOK_SECRET must hold/)]);
});

test.each([
  [['--server', 'ftp://x'], {}, /https:\/\//],
  [['--server', 'http://example.com'], {}, /readable on the way/],
  [['--server', 'http://127.0.0.1:1'], { TIDEMARK_KEY: undefined }, /TIDEMARK_KEY is not set/],
])('%j is refused', async (args, environment, says) => {
  const { code, out, err } = await run(['drill', ...args], environment);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(says);
});
