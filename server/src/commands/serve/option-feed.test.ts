import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EngineEvent, SymbolMark } from '../../engine/events.ts';
import { initialState } from '../../engine/initial-state.ts';
import type { EngineState } from '../../engine/state.ts';
import { step } from '../../engine/step.ts';
import type { Step } from '../../engine/step.ts';
import { ACCOUNT, ALDER as DESK_ALDER, NOON } from '../../engine/test/desk.ts';
import { ENGINE } from '../../engine/test/session-world.ts';
import type { Exchange } from '../../exchange/server.ts';
import { ProviderError } from '../../market-data/provider.ts';
import type { Timers } from '../../market-data/providers/timers.ts';
import { price, quantity } from '../../money/fixed.ts';
import type { OptionProvider } from '../../options/provider.ts';
import { alpacaOptions } from '../../options/providers/alpaca.ts';
import { openOptionMath } from '../../options/service.ts';
import { ALDER, startOptionExchange } from '../../options/test/option-exchange.ts';
import type { OptionMath } from '../../options/valuation.ts';
import { DEFAULT_LIMITS } from '../../risk/limits.ts';
import { openEmbeddedTestDatabase } from '../../platform/test-database.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import { startOptionFeed, watchedOptions } from './option-feed.ts';

type Watched = Parameters<typeof watchedOptions>[0];

const [CALL, PUT, OTHER] = ['ALDR240315C00100000', 'ALDR240315P00100000', 'ALDR240315C00110000'];
const order = (symbol: string, state: string) => ({ state, intent: { symbol } });

test('options that are held or ordered are asked for, and nothing else', () => {
  const state = {
    positions: new Map([
      [PUT, { symbol: PUT, quantity: quantity('1') }],
      ['ALDR', { symbol: 'ALDR', quantity: quantity('100') }],
    ]),
    orders: new Map([
      ['working', order(CALL, 'accepted')],
      ['again', order(PUT, 'unknown')],
      ['over', order(OTHER, 'canceled')],
      ['share', order('BIRK', 'accepted')],
    ]),
  } as unknown as Watched;
  expect(watchedOptions(state)).toEqual([CALL, PUT]);
});

let exchange: Exchange;
let database: TestDatabase;
let math: OptionMath;
let provider: OptionProvider;
beforeAll(async () => {
  exchange = await startOptionExchange({ ...ALDER, from: '2024-03-04', venueId: 'option-feed' });
  const endpoint = { keyId: 'key', secret: 'secret', mode: 'simulated', baseUrl: exchange.url } as const;
  provider = alpacaOptions({ endpoint, feed: 'indicative' });
  database = await openEmbeddedTestDatabase();
  math = await openOptionMath();
}, 120_000);
afterAll(async () => {
  await database.close();
  await exchange.close();
});

/** An engine that came to its options without a ticket, and a feed whose time a test lets pass. */
interface FeedWorld {
  readonly state: () => EngineState;
  readonly marks: SymbolMark[];
  readonly reports: string[];
  readonly asked: string[];
  /** How long the feed waits before it looks again. */
  readonly waits: () => number | undefined;
  readonly pass: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function settled(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 20_000, interval: 10 }).toBe(true);
}

/** `answers` comes before each answer of the provider. */
async function openFeed(held: string, answers: () => Promise<void> = () => Promise.resolve(), isOpen = true): Promise<FeedWorld> {
  let state = initialState(ENGINE, DEFAULT_LIMITS);
  const give = (...events: readonly EngineEvent[]): Step => {
    let after: Step = { state, effects: [] };
    for (const event of events) after = step(after.state, event);
    ({ state } = after);
    return after;
  };
  const positions = [{ symbol: held, quantity: quantity('1'), averagePrice: price('2') }];
  give(
    { kind: 'InstrumentListed', at: NOON, instrument: DESK_ALDER },
    { kind: 'BrokerConnected', at: NOON },
    { kind: 'Reconciled', at: NOON, account: ACCOUNT, positions, openOrders: [], activities: 'read' },
    ...(isOpen ? [{ kind: 'SessionOpened', at: NOON, date: '2024-03-04' } as const] : []),
  );
  const [marks, reports, asked]: [SymbolMark[], string[], string[]] = [[], [], []];
  let next: { readonly milliseconds: number; readonly action: () => void } | undefined;
  const timers: Timers = {
    now: () => NOON,
    elapsedMs: () => 0,
    after: (milliseconds, action) => {
      next = { milliseconds, action };
      return () => {
        next = undefined;
      };
    },
  };
  const source: OptionProvider = {
    ...provider,
    contract: async (symbol) => {
      asked.push(symbol);
      await answers();
      return await provider.contract(symbol);
    },
    async *snapshots(symbols) {
      asked.push(...symbols);
      await answers();
      yield* provider.snapshots(symbols);
    },
  };
  const session = {
    state: () => state,
    command: (event: EngineEvent) => Promise.resolve(give(event)),
    onMark: (symbol: string, mark: SymbolMark['mark']) => void marks.push({ symbol, mark }),
  };
  const report = (what: string, error: unknown): void => void reports.push(`${what}: ${String(error)}`);
  const feed = startOptionFeed({ db: database.db, source: { provider: source, math }, session, timers, report });
  return {
    state: session.state,
    marks,
    reports,
    asked,
    waits: () => next?.milliseconds,
    pass: async () => {
      await settled(() => next !== undefined);
      const { action } = next ?? {};
      next = undefined;
      action?.();
      await settled(() => next !== undefined);
    },
    close: () => feed.close(),
  };
}

describe('the feed of options', () => {
  let call: string;
  /** Of no table yet. */
  let other: string;
  beforeEach(async () => {
    const expiresOn = '2024-03-15';
    const calls: string[] = [];
    for await (const { items } of provider.contracts({ underlying: 'ALDR', right: 'call', expiresFrom: expiresOn, expiresTo: expiresOn }))
      calls.push(...items.map(({ symbol }) => symbol));
    [call = '', other = ''] = calls.slice(calls.length / 2);
  });

  test('lists what came without a ticket and quotes it at once, and every ten seconds', async () => {
    const world = await openFeed(call);
    await settled(() => world.waits() !== undefined);
    expect(world.waits()).toBe(10_000);
    expect(world.state().instruments.get(call)?.option).toMatchObject({ underlying: 'ALDR', right: 'call' });
    expect(world.marks.map(({ symbol }) => symbol)).toEqual([call]);
    expect(world.marks[0]?.mark.option?.delta).toBeGreaterThan(0n);
    await world.pass();
    expect(world.marks).toHaveLength(2);
    expect(world.asked).toEqual([call, call, call]);
    expect(world.reports).toEqual([]);
    await world.close();
  });

  test('a provider that fails twice is told once, and asked again', async () => {
    let failures = 2;
    const world = await openFeed(other, async () => {
      if (failures-- > 0) throw new ProviderError('it does not answer');
      await Promise.resolve();
    });
    await world.pass();
    expect(world.marks).toEqual([]);
    await world.pass();
    expect(world.marks).toHaveLength(1);
    expect(world.reports).toEqual(['the quotes of options that are held: ProviderError: it does not answer']);
    await world.close();
  });

  test('what the provider does not list is told once', async () => {
    const world = await openFeed('ALDR240315C00100250');
    await world.pass();
    await world.pass();
    expect(world.reports).toEqual([
      'ALDR240315C00100250 is held and not listed: Error: the provider lists no contract ALDR240315C00100250',
    ]);
    await world.close();
  });

  test('asks for nothing while the market is closed', async () => {
    const world = await openFeed(call, undefined, false);
    await world.pass();
    expect([world.asked, world.marks]).toEqual([[], []]);
    await world.close();
  });

  test('closed during a look, it gives no mark and looks no more', async () => {
    let answer = (): void => undefined;
    const world = await openFeed(call, () => new Promise((resolve) => (answer = resolve)));
    await settled(() => world.asked.length === 1);
    answer();
    await settled(() => world.asked.length === 2);
    const closed = world.close();
    answer();
    await closed;
    expect([world.marks, world.waits()]).toEqual([[], undefined]);
  });
});
