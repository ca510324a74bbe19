import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { signRecord } from '../approvals/paper-record.ts';
import { ENGINE } from '../engine/test/session-world.ts';
import { configHash } from '../engine/promotion.ts';
import { CHECK_CODES } from '../engine/promotion-checklist.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { DEFAULT_LIMITS, withLimit } from '../risk/limits.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { joined, logIn } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';
import { ask, CREATE_STRATEGY, ENABLE_STRATEGY, tradeSomeDays } from './test/trading-day.ts';

const KEY = createSecretKey(Buffer.from('0123456789abcdefghijklmnopqrstuv'));
const MAKE = `mutation ($id: ID!) { makePaperRecord(strategyId: $id) { __typename ... on Error { message }
  ... on PaperRecordPayload { text days decisions differences backtests } } }`;
const PROPOSE = `mutation ($input: ProposePromotionInput!) { proposePromotion(input: $input) { __typename ... on Error { message }
  ... on InvalidInputError { field } ... on ProposalPayload { proposal { id hash title lines { label after } } } } }`;
const APPROVE = 'mutation ($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { __typename ... on Error { message } } }';
const PROMOTION = `query ($id: ID!, $record: String) { strategy(id: $id) { promotion(paperRecord: $record) { stage limits checks { code done due detail } } } }`;
const RUN = 'mutation ($input: RunBacktestInput!) { runBacktest(input: $input) { __typename ... on RunPayload { run { id } } } }';
const SETTINGS = {
  template: 'sma-crossover',
  parameters: [
    { name: 'fast', value: '2' },
    { name: 'slow', value: '3' },
  ],
} as const;

interface Shown {
  readonly stage: string;
  readonly limits: readonly string[];
  readonly checks: readonly { readonly code: string; readonly done: boolean; readonly due: string; readonly detail: string }[];
}
const missing = ({ checks }: Shown): readonly string[] => checks.filter(({ done }) => !done).map(({ code }) => code);
async function promotionOf(api: ApiWorld, id: string, record?: string): Promise<Shown> {
  const { data } = await api.post(PROMOTION, { id, record });
  const { promotion } = (data ?? {})['strategy'] as { readonly promotion: Shown };
  return promotion;
}

describe('from paper to live, over two servers', () => {
  let paper: ApiWorld;
  let live: ApiWorld;
  let owner: LoggedIn;
  let officer: LoggedIn;
  let onPaper: string;
  let onLive: string;
  let record: string;
  beforeAll(async () => {
    const limits = withLimit(DEFAULT_LIMITS, 'liveGatePaperDaysMin', 5);
    paper = await openApiWorld(openEmbeddedTestDatabase, { engine: { ...ENGINE, mode: 'paper' } }, undefined, KEY);
    live = await openApiWorld(openEmbeddedTestDatabase, { engine: { ...ENGINE, mode: 'live' }, limits }, undefined, KEY);
    await live.world.day(100, 100);
    owner = await logIn(live);
    officer = await joined(live, owner, 'Olga', 'risk_officer');
    const created = await ask(live, CREATE_STRATEGY, {
      input: { name: 'Crossing', ...SETTINGS, symbols: ['ALDR'], allocation: '0.5', size: 'units:10' },
    });
    onLive = (created['strategy'] as { id: string }).id;
  });
  afterAll(async () => {
    await paper.close();
    await live.close();
  });

  test('on paper every recorded decision is replayed, and what was found is signed', async () => {
    await paper.world.day(100, 100);
    onPaper = await tradeSomeDays(paper);
    await quiet(paper.world);
    expect((await promotionOf(paper, onPaper)).stage).toBe('PAPER');
    await ask(paper, RUN, { input: { ...SETTINGS, symbol: 'ALDR' } });
    await vi.waitFor(
      async () => expect((await promotionOf(paper, onPaper)).checks[1]).toMatchObject({ code: 'Backtested', done: true }),
      20_000,
    );
    const made = await ask(paper, MAKE, { id: onPaper });
    expect(made).toMatchObject({ __typename: 'PaperRecordPayload', differences: 0, backtests: 1 });
    expect(made['days']).toBeGreaterThanOrEqual(5);
    expect(made['decisions']).toBeGreaterThanOrEqual(5);
    record = String(made['text']);
    expect(await ask(live, MAKE, { id: onLive })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/live account/),
    });
  });

  test('what is missing is named, one by one, and nothing runs before', async () => {
    const before = await promotionOf(live, onLive);
    expect(before.stage).toBe('DRAFT');
    expect(missing(before)).toEqual(CHECK_CODES.filter((code) => code !== 'LiveAccount'));
    expect(before.limits[0]).toMatch(/paper.*5.*default 20/i);
    expect(missing(await promotionOf(live, onLive, record))).toEqual(['PaperRecord', 'LimitsReviewed', 'SecondPerson']);
    expect(await ask(live, ENABLE_STRATEGY, { id: onLive })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/not promoted/),
    });
    const propose = (change: Record<string, unknown>) =>
      owner.ask(PROPOSE, { input: { strategyId: onLive, paperRecord: record, limitsReviewed: true, reason: 'it has served', ...change } });
    expect(await propose({ limitsReviewed: false })).toMatchObject({ message: expect.stringMatching(/PaperRecord: .*LimitsReviewed: /) });
    expect(await propose({ paperRecord: `${record}x` })).toMatchObject({ __typename: 'InvalidInputError', field: 'paperRecord' });
    expect(
      (await live.post(PROPOSE, { input: { strategyId: onLive, paperRecord: record, limitsReviewed: true, reason: 'by a key' } }))
        .errors?.[0]?.extensions?.code,
    ).toBe('CONFIRM_LOGIN');
  });

  test('two people promote exactly this, and then it runs', async () => {
    // The venue of the test lives in another year than the wall clock by which records are dated.
    const { config } = live.world.session.state().strategies.get(onLive) ?? { config: undefined };
    if (config === undefined) throw new Error('Invariant: the strategy is there');
    const state = live.world.session.state();
    const text = signRecord(
      {
        version: config.version,
        configHash: configHash(config),
        account: 'PA1',
        strategyId: onPaper,
        days: 5,
        decisions: 9,
        differences: 0,
        backtests: 1,
        seq: 7,
        head: 'a'.repeat(64),
        madeAt: state.now,
      },
      KEY,
    );
    const proposed = await owner.ask(PROPOSE, {
      input: { strategyId: onLive, paperRecord: text, limitsReviewed: true, reason: 'it has served' },
    });
    expect(proposed).toMatchObject({ __typename: 'ProposalPayload' });
    const { id, hash, lines } = proposed['proposal'] as { id: string; hash: string; lines: { after: string }[] };
    expect(lines.map(({ after }) => after)).toEqual(
      expect.arrayContaining(['5 trading days on paper account PA1', '9 recorded decisions replayed, 0 differ']),
    );
    expect(await owner.ask(APPROVE, { id, hash })).toMatchObject({ __typename: 'ConflictError' });
    expect(await officer.ask(APPROVE, { id, hash })).toMatchObject({ __typename: 'ProposalPayload' });
    const after = await promotionOf(live, onLive);
    expect([after.stage, after.checks.at(-1)?.done]).toEqual(['LIVE', true]);
    expect(await ask(live, ENABLE_STRATEGY, { id: onLive })).toMatchObject({ __typename: 'StrategyPayload', strategy: { state: 'LIVE' } });
  });
});
