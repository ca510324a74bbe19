import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Alert } from '../engine/effects.ts';
import type { Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/open.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { GIVE_UP_MS } from './channel.ts';
import type { AlertChannel } from './channel.ts';
import { startDispatch } from './dispatch-service.ts';
import type { Dispatch } from './dispatch-service.ts';
import { channelStatuses, deliveriesOf, lateChannels } from './outbox-service.ts';
import { emailChannel } from './providers/email.ts';
import { slackChannel, webhookChannel } from './providers/webhook.ts';
import { NO_RULES } from './rules.ts';
import { alertOf, AT } from './test/alert-of.ts';
import { fastTimers } from './test/fast-timers.ts';
import type { FastTimers } from './test/fast-timers.ts';
import { startHook, startPost } from './test/receivers.ts';
import type { Hook, Post } from './test/receivers.ts';

const SECRET = 'planted-webhook-secret';
const USER = { name: 'desk', password: 'planted-password' };

let database: TestDatabase;
let hook: Hook;
let post: Post;
beforeAll(async () => {
  database = await openEmbeddedTestDatabase();
});
afterAll(() => database.close());

let dir: string;
let journal: Journal;
let timers: FastTimers;
let dispatch: Dispatch | undefined;
const reports: string[] = [];
beforeEach(async () => {
  await database.db.deleteFrom('alert_channels').execute();
  dir = await mkdtemp(join(tmpdir(), 'alerts-'));
  journal = await openJournal({ kind: 'embedded', dir });
  hook = await startHook();
  post = await startPost(USER);
  timers = fastTimers();
});
afterEach(async () => {
  await dispatch?.close();
  dispatch = undefined;
  await hook.close();
  await post.close();
  await journal.close();
  await rm(dir, { recursive: true });
  expect(reports.splice(0)).toEqual([]);
});

const webhook = (deadlineMs = 5_000): AlertChannel =>
  webhookChannel({ url: hook.url, secret: SECRET, nowMs: () => timers.now(), deadlineMs });
const email = (user = USER, to: readonly string[] = ['ann@example.com']): AlertChannel =>
  emailChannel({ host: '127.0.0.1', port: post.port, secure: false, requireTls: false, user, from: 'tidemark@example.com', to }, 2_000);
const start = async (channels: readonly AlertChannel[] = [webhook(), email()], rules = NO_RULES): Promise<void> => {
  dispatch = await startDispatch({
    db: database.db,
    journal,
    channels,
    least: 'warning',
    rules,
    mode: 'paper',
    timers,
    report: (what, error) => reports.push(`${what}: ${String(error)}`),
  });
};
const stop = async (): Promise<void> => {
  await dispatch?.close();
  dispatch = undefined;
};
/** The journal entry of a new alert. */
async function raise(...alerts: readonly Alert[]): Promise<number> {
  const entries = await journal.append(
    alerts.map((alert) => ({
      kind: 'AlertRaised',
      type: 'fact',
      at: AT,
      actor: 'engine',
      cause: undefined,
      payload: { kind: 'AlertRaised', alert },
    })),
  );
  return entries[0]?.seq ?? 0;
}
const sent = async (seq: number): Promise<readonly string[]> =>
  (await deliveriesOf(database.db, seq)).map(
    ({ channel, step, state, attempts }) => `${channel}${step === 0 ? '' : `.${step}`} ${state} ${attempts}`,
  );
const close = async (alertId: string): Promise<void> =>
  void (await journal.append([
    {
      kind: 'AlertClosed',
      type: 'fact',
      at: AT,
      actor: 'user:ada',
      cause: undefined,
      payload: { kind: 'AlertClosed', alertId, by: 'user:ada', at: AT },
    },
  ]));
const ids = (): readonly string[] => hook.received.map(({ body }) => (JSON.parse(body) as { id: string }).id);

describe('an alert', () => {
  test('reaches every channel, once, signed, with all of it', async () => {
    await start();
    const seq = await raise(alertOf('one'));
    await vi.waitFor(async () => expect(await sent(seq)).toEqual(['email sent 1', 'webhook sent 1']), 5_000);
    const [{ headers, body }] = hook.received as [(typeof hook.received)[0]];
    expect(JSON.parse(body)).toEqual({
      type: 'alert',
      id: 'one',
      seq,
      severity: 'critical',
      code: 'KillSwitch',
      title: 'Kill switch: one',
      detail: 'user:ada: a drill',
      raisedAt: '2024-03-04T15:00:00Z',
      mode: 'paper',
      delivery: String(seq),
      escalation: 0,
    });
    const [, at = '', hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['tidemark-signature'])) ?? [];
    expect(hex).toBe(createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex'));
    expect(headers['tidemark-delivery']).toBe(String(seq));
    expect(post.mails).toHaveLength(1);
    expect(post.mails[0]).toMatchObject({
      to: ['ann@example.com'],
      text: expect.stringMatching(/^Subject: \[Tidemark paper\] critical: Kill switch: one\r$/m),
    });
  });

  test('that is not important enough stays in the dashboard; a breaker never does', async () => {
    await start();
    const seq = await raise(
      alertOf('a', { code: 'OrderAbandoned', severity: 'info' }),
      alertOf('b', { code: 'DailyLoss', severity: 'info' }),
    );
    await vi.waitFor(() => expect(ids()).toEqual(['b']), 5_000);
    expect(await sent(seq)).toEqual([]);
  });

  test('ends no line of a header, whatever a broker says', async () => {
    await start([email()]);
    await raise(alertOf('x', { title: 'a\r\nBcc: evil@example.com\r\n\r\nb\u202e' }));
    await vi.waitFor(() => expect(post.mails).toHaveLength(1), 5_000);
    expect(post.mails[0]?.to).toEqual(['ann@example.com']);
    expect(post.mails[0]?.text).not.toMatch(/^Bcc:/m);
  });
});

describe('a channel that fails', () => {
  test.each([
    ['answers 500', 500, 'it answered 500'],
    ['sends elsewhere', 302, 'it answered 302'],
    ['does not answer', 'hang', 'no answer in time'],
  ] as const)('because it %s is tried again, and holds up no other', async (_name, answer, problem) => {
    hook.answers.push(answer, answer);
    const problems: (string | undefined)[] = [];
    // Long enough that only an answer that never comes is late.
    const failing = webhook(answer === 'hang' ? 1_000 : 5_000);
    const watched: AlertChannel = {
      ...failing,
      deliver: async (alerts, signal) => {
        return await failing.deliver(alerts, signal).catch((error: unknown) => {
          problems.push(error instanceof Error ? error.message : undefined);
          throw error;
        });
      },
    };
    await start([watched, email()]);
    const seq = await raise(alertOf('one'));
    await vi.waitFor(async () => expect(await sent(seq)).toEqual(['email sent 1', 'webhook sent 3']), 5_000);
    expect(problems).toEqual([problem, problem]);
    expect(ids()).toEqual(['one']);
  });

  test('says so until it is well again, and tells no secret', async () => {
    await start([email({ ...USER, password: 'planted-wrong' })]);
    const seq = await raise(alertOf('one'));
    await vi.waitFor(
      async () => expect((await channelStatuses(database.db))[0]?.problem).toMatch(/^the mail server did not take it \(EAUTH/),
      5_000,
    );
    await stop();
    const stored = JSON.stringify(await database.db.selectFrom('alert_deliveries').selectAll().execute());
    expect(
      stored + JSON.stringify(await channelStatuses(database.db), (_key, value: unknown) => (typeof value === 'bigint' ? '' : value)),
    ).not.toMatch(/planted/);
    await start([email()]);
    await vi.waitFor(async () => expect((await sent(seq))[0]).toMatch(/^email sent/), 5_000);
    expect(await channelStatuses(database.db)).toMatchObject([{ waiting: 0, givenUp: 0, problem: undefined }]);
  });

  test('is late only while it is set up', async () => {
    post.refuses = 451;
    await start([email()]);
    await raise(alertOf('one'));
    await vi.waitFor(async () => expect([...(await lateChannels(database.db, ['email'], timers.now())).keys()]).toEqual(['email']), 5_000);
    await stop();
    for (const channels of [['webhook'], []]) expect(await lateChannels(database.db, channels, timers.now())).toEqual(new Map());
  });

  test('of one address of two does not tell the other one again, and says so without the address until both are well', async () => {
    const both = ['ann@example.com', 'bob@example.com'];
    post.unknown.add('bob@example.com');
    await start([email(USER, both)]);
    const seq = await raise(alertOf('one'));
    await vi.waitFor(async () => expect(await sent(seq)).toEqual(['email sent 1']), 5_000);
    expect(post.mails.map(({ to }) => to)).toEqual([['ann@example.com']]);
    const problem = '1 of 2 addresses were refused';
    expect(await deliveriesOf(database.db, seq)).toMatchObject([{ problem }]);
    expect(await channelStatuses(database.db)).toMatchObject([{ waiting: 0, problem, problemAt: expect.any(Number) }]);
    post.unknown.clear();
    const next = await raise(alertOf('two'));
    await vi.waitFor(async () => expect(await sent(next)).toEqual(['email sent 1']), 5_000);
    expect(post.mails.map(({ to }) => to)).toEqual([['ann@example.com'], both]);
    expect(await channelStatuses(database.db)).toMatchObject([{ problem: undefined, problemAt: undefined }]);
  });

  test('of all addresses is tried again', async () => {
    const both = ['ann@example.com', 'bob@example.com'];
    for (const address of both) post.unknown.add(address);
    await start([email(USER, both)]);
    const seq = await raise(alertOf('one'));
    await vi.waitFor(async () => expect((await channelStatuses(database.db))[0]?.problem).toMatch(/did not take it \(EENVELOPE/), 5_000);
    post.unknown.clear();
    await vi.waitFor(async () => expect((await sent(seq))[0]).toMatch(/^email sent/), 5_000);
    expect(post.mails.map(({ to }) => to)).toEqual([both]);
  });

  test('for a week is given up, and that is counted', async () => {
    post.refuses = 451;
    await start([email()]);
    await raise(alertOf('one'));
    await vi.waitFor(async () => expect((await channelStatuses(database.db))[0]?.problem).toMatch(/answer 451/), 5_000);
    timers.skip(GIVE_UP_MS);
    await vi.waitFor(async () => expect(await channelStatuses(database.db)).toMatchObject([{ waiting: 0, givenUp: 1 }]), 5_000);
  });
});

test('the outbox that does not answer is tried again after a rest, not at each entry', async () => {
  let rested = (): void => undefined;
  timers = { ...timers, after: (_ms, action) => ((rested = action), () => undefined) };
  await start([webhook()]);
  const rename = (from: string, to: string): Promise<void> => database.db.schema.alterTable(from).renameTo(to).execute();
  await rename('alert_channels', 'alert_channels_away');
  for (let index = 0; index < 50; index += 1) await raise(alertOf(`${index}`));
  await vi.waitFor(() => expect(reports).not.toEqual([]), 5_000);
  await rename('alert_channels_away', 'alert_channels');
  rested();
  await vi.waitFor(() => expect(ids()).toHaveLength(50), 10_000);
  expect(reports.splice(0)).toEqual([expect.stringMatching(/^alerts could not be put into the outbox: .*alert_channels/)]);
});

describe('over a restart', () => {
  test('what was raised while nobody listened is told, and what was told is not told again', async () => {
    await start();
    await raise(alertOf('before'));
    await vi.waitFor(() => expect([ids(), post.mails.length]).toEqual([['before'], 1]), 5_000);
    await stop();
    await raise(alertOf('meanwhile'));
    await start();
    await vi.waitFor(() => expect([ids(), post.mails.length]).toEqual([['before', 'meanwhile'], 2]), 5_000);
    await stop();
    await start();
    await raise(alertOf('after'));
    await vi.waitFor(() => expect([ids(), post.mails.length]).toEqual([['before', 'meanwhile', 'after'], 3]), 5_000);
  });

  test('what waited in the outbox still waits', async () => {
    hook.answers.push(...Array.from({ length: 3 }, () => 503));
    await start([webhook()]);
    await raise(alertOf('one'), alertOf('two'));
    await vi.waitFor(() => expect(hook.answers.length).toBeLessThan(3), 5_000);
    await stop();
    hook.answers.splice(0);
    await start([webhook()]);
    await vi.waitFor(() => expect([...ids()].sort()).toEqual(['one', 'two']), 5_000);
  });

  test('after a restore an entry that has another one’s number is told', async () => {
    await start([webhook()]);
    await raise(alertOf('lost'));
    await vi.waitFor(() => expect(ids()).toEqual(['lost']), 5_000);
    await stop();
    // The records are newer than the journal, as those of a backup may be.
    await journal.close();
    await rm(dir, { recursive: true });
    dir = await mkdtemp(join(tmpdir(), 'alerts-'));
    journal = await openJournal({ kind: 'embedded', dir });
    await start([webhook()]);
    await raise(alertOf('anew'));
    await vi.waitFor(() => expect(ids()).toEqual(['lost', 'anew']), 5_000);
  });

  test('a channel that is set up later is not told of what was before', async () => {
    await start([webhook()]);
    await raise(alertOf('before'));
    await vi.waitFor(() => expect(ids()).toEqual(['before']), 5_000);
    await stop();
    await start();
    const seq = await raise(alertOf('after'));
    await vi.waitFor(async () => expect(await sent(seq)).toEqual(['email sent 1', 'webhook sent 1']), 5_000);
    expect(post.mails).toHaveLength(1);
  });
});

describe('rules', () => {
  const to = (...channels: readonly string[]) => ({ codes: undefined, severities: undefined, to: channels, escalate: [] });
  const MINUTE_MS = 60_000;

  test('tell the next person while nobody acknowledges, and no longer', async () => {
    const escalate = [{ afterMs: 5 * MINUTE_MS, to: ['email'], times: 3, everyMs: 5 * MINUTE_MS }];
    await start([webhook(), email()], { ...NO_RULES, rules: [{ ...to('webhook'), escalate }] });
    const seq = await raise(alertOf('one'));
    // Time goes on only with waits: the last of three is due long after this.
    await vi.waitFor(() => expect(post.mails).toHaveLength(1), 5_000);
    await close('one');
    await vi.waitFor(async () => {
      const [first, ...later] = await sent(seq);
      expect([first, later.at(-1)]).toEqual(['email.1 sent 1', 'webhook sent 1']);
      expect(later.slice(0, -1).every((each) => each.endsWith('withdrawn 0') || each.endsWith('sent 1'))).toBe(true);
    }, 5_000);
    expect(post.mails[0]?.text).toMatch(/^Subject: \[Tidemark paper\] critical: not acknowledged: Kill switch: one/m);
    expect(ids()).toEqual(['one']);
  });

  test('an escalation that was closed before its time is withdrawn, also over a restart', async () => {
    const escalate = [{ afterMs: 86_400_000, to: ['email'], times: 1, everyMs: 0 }];
    const slow: typeof timers = { ...timers, after: (ms, action) => (ms > 3_600_000 ? () => undefined : timers.after(ms, action)) };
    timers = slow;
    await start([webhook(), email()], { ...NO_RULES, rules: [{ ...to('webhook'), escalate }] });
    const seq = await raise(alertOf('one'));
    await vi.waitFor(() => expect(ids()).toEqual(['one']), 5_000);
    await stop();
    await close('one');
    await start([webhook(), email()], { ...NO_RULES, rules: [{ ...to('webhook'), escalate }] });
    await vi.waitFor(async () => expect(await sent(seq)).toEqual(['email.1 withdrawn 0', 'webhook sent 1']), 5_000);
    expect(post.mails).toEqual([]);
  });

  test('a channel without TLS or keys of its own: Slack is told, and its marks are shown as they are', async () => {
    await start([slackChannel({ url: hook.url })]);
    await raise(alertOf('one', { title: 'a <!channel> & b' }));
    await vi.waitFor(() => expect(hook.received).toHaveLength(1), 5_000);
    expect((JSON.parse(hook.received[0]?.body ?? '') as { text: string }).text).toMatch(/critical: a &lt;!channel&gt; &amp; b\n/);
  });

  test('what is due together goes out in one mail, and each alert in a post of its own', async () => {
    await start([webhook(), email()], { ...NO_RULES, groupMs: 2_000 });
    const warning = { code: 'OrderDenied', severity: 'warning' } as const;
    await raise(alertOf('a', warning), alertOf('b', warning), alertOf('c', warning));
    await vi.waitFor(() => expect([post.mails.length, hook.received.length]).toEqual([1, 3]), 5_000);
    expect(post.mails[0]?.text).toMatch(/^Subject: \[Tidemark paper\] warning: 3 alerts, first: Kill switch: a/m);
  });

  test('the same is not told again within a while, unless it is critical or says something else', async () => {
    await start([webhook()], { ...NO_RULES, repeatAfterMs: 86_400_000 });
    const flap = { code: 'StreamOccupied', severity: 'warning' } as const;
    for (const change of [flap, flap, { ...flap, title: 'another' }, {}, {}]) {
      await raise(alertOf('flap', change));
      await close('flap');
    }
    const last = await raise(alertOf('last'));
    await vi.waitFor(async () => expect(await sent(last)).toEqual(['webhook sent 1']), 5_000);
    expect(ids()).toEqual(['flap', 'flap', 'flap', 'flap', 'last']);
    expect((await channelStatuses(database.db))[0]).toMatchObject({ waiting: 0, givenUp: 0 });
  });

  test('what is raised again and not told again escalates like any other', async () => {
    const escalate = [{ afterMs: 5 * MINUTE_MS, to: ['webhook'], times: 1, everyMs: 0 }];
    const rules = { ...NO_RULES, repeatAfterMs: 86_400_000, rules: [{ ...to('webhook'), escalate }] };
    await start([webhook()], rules);
    await stop();
    const flap = alertOf('flap', { code: 'StreamOccupied', severity: 'warning' });
    const first = await raise(flap);
    await close('flap');
    const second = await raise(flap);
    await start([webhook()], rules);
    await vi.waitFor(async () => expect(await sent(second)).toEqual(['webhook repeated 0', 'webhook.1 sent 1']), 5_000);
    expect(await sent(first)).toEqual(['webhook sent 1', 'webhook.1 withdrawn 0']);
  });
});
