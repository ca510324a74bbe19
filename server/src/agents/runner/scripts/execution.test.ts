import { describe, expect, test } from 'vitest';
import { doneRun, items, memory, named, play } from './test/playing.ts';
import type { Played, World } from './test/playing.ts';

const OVERVIEW = { mode: 'SIMULATED', tradingState: 'ACTIVE', equity: '100000', market: { isOpen: true } };
const RUN = doneRun(
  'run-1',
  { totalReturn: 0.2, sharpe: 0.6, maxDrawdown: -0.1, trades: 20 },
  { strategyName: 'sma', badges: ['could be luck'] },
);
const BARE = { symbol: 'AAA', side: 'long', quantity: '12', mark: '50', value: '600', openedAt: '2016-01-04', stops: [], strategies: [] };
const TAKEN = { proposeOrder: { recommendation: { id: 'rec-1', state: 'WAITING', expiresAt: '2016-01-09' } } };

const world = (change: World = {}, kept: World = memory().world): World => ({
  get_overview: { overview: OVERVIEW },
  list_positions: { positions: items() },
  list_proposals: { recommendations: items() },
  get_runs: ({ id }) => (id === undefined ? { runs: items({ id: 'run-1', state: 'DONE', symbols: ['AAA'] }) } : { run: RUN }),
  get_market_data: { series: { bars: [{ c: 99 }, { c: 50 }] } },
  propose_order: TAKEN,
  ...kept,
  ...change,
});
const played = (change?: World, kept?: World): Played => play('execution', world(change, kept));
const orderIn = ({ calls }: Played) => calls.find(({ tool }) => tool === 'propose_order')?.arguments;

describe('the script of Execution', () => {
  test('proposes a stop for a position that has none', () => {
    expect(orderIn(played({ list_positions: { positions: items(BARE) } }))).toMatchObject({
      symbol: 'AAA',
      side: 'SELL',
      quantity: '12',
      type: 'STOP',
      stopPrice: '47.50',
      idempotencyKey: 'stop-for-AAA-opened-2016-01-04-quantity-12-try-1',
    });
  });

  test('of a short above its mark, and of the most valuable first', () => {
    const short = { ...BARE, symbol: 'BBB', side: 'short', quantity: '-40', value: '-2000' };
    expect(orderIn(played({ list_positions: { positions: items(BARE, short) } }))).toMatchObject({
      symbol: 'BBB',
      side: 'BUY',
      quantity: '40',
      stopPrice: '52.50',
    });
  });

  test('with nothing to protect, a small entry with a stop, on the backtest that it names', () => {
    const one = played();
    expect(orderIn(one)).toMatchObject({
      symbol: 'AAA',
      side: 'BUY',
      quantity: '10',
      type: 'MARKET',
      protectiveStop: '47.50',
      sources: ['run-1'],
      idempotencyKey: 'run-run-1-try-1',
      expiresInMinutes: 1_440,
    });
    expect(orderIn(one)?.['explanation']).toMatch(
      /^sma on AAA in the backtest run-1: return 20\.0 %.*What warns of it: could be luck\.\n10 units at about 50\.00 are 0\.5 % of equity/,
    );
    expect(one.report).toContain('It waits on the page Approvals until 2016-01-09; a person decides.');
  });

  test('asks once for what it rests on, and again under another key where it was refused', () => {
    const { facts, world: kept } = memory();
    expect(played({ propose_order: 'The market is closed.' }, kept).report).toContain('and was refused: The market is closed.');
    expect(orderIn(played({}, kept))?.['idempotencyKey']).toBe('run-run-1-try-2');
    const third = played({}, kept);
    expect(orderIn(third)).toBeUndefined();
    expect(third.report).toContain('I have asked for that before (Proposed for run run-1: rec-1.), and ask once.');
    expect(facts).toEqual(['Proposed for run run-1: refused.', 'Proposed for run run-1: rec-1.']);
  });

  test('asks no more for what was refused ten times', () => {
    const { facts, world: kept } = memory();
    for (let time = 1; time <= 10; time += 1) {
      const order = orderIn(played({ propose_order: 'The session has just begun.' }, kept));
      expect(order?.['idempotencyKey']).toBe(`run-run-1-try-${time}`);
    }
    const eleventh = played({}, kept);
    expect(orderIn(eleventh)).toBeUndefined();
    expect(eleventh.report).toContain('not proposed. I was refused that 10 times, and ask no more.');
    expect(facts).toHaveLength(10);
  });

  test('a key that was used already is never followed by another', () => {
    const { facts, world: kept } = memory();
    played({ propose_order: 'This idempotency key was used for a different proposal.' }, kept);
    expect(facts).toEqual(['Proposed for run run-1: not known.']);
    expect(orderIn(played({}, kept))).toBeUndefined();
  });

  test.each<{ name: string; change: World; says: RegExp }>([
    {
      name: 'the account cannot be read',
      change: { get_overview: 'No.' },
      says: /could not read get_overview, so I proposed nothing: No\./,
    },
    { name: 'what waits cannot be read', change: { list_proposals: 'No.' }, says: /could not read list_proposals/ },
    {
      name: 'the market is closed',
      change: { get_overview: { overview: { ...OVERVIEW, market: { isOpen: false } } } },
      says: /market is closed/,
    },
    {
      name: 'trading has stopped',
      change: { get_overview: { overview: { ...OVERVIEW, tradingState: 'HALTED' } } },
      says: /Trading is HALTED/,
    },
    {
      name: 'real money is at stake',
      change: { get_overview: { overview: { ...OVERVIEW, mode: 'LIVE' } } },
      says: /With real money a script proposes nothing else/,
    },
    {
      name: 'strategies look after a position',
      change: { list_positions: { positions: items({ ...BARE, strategies: ['trend'] }) }, get_runs: { runs: items() } },
      says: /Positions of strategies without a stop: 1\./,
    },
    {
      name: 'a proposal of the symbol waits',
      change: { list_proposals: { recommendations: items({ symbol: 'AAA' }) } },
      says: /nothing waits already/,
    },
    { name: 'there is no backtest', change: { get_runs: { runs: items() } }, says: /no backtest of one symbol/ },
    { name: 'backtests cannot be read', change: { get_runs: 'No.' }, says: /Backtests could not be read: No\./ },
    {
      name: 'the backtest lost',
      change: {
        get_runs: ({ id }) =>
          id === undefined
            ? { runs: items({ id: 'run-1', state: 'DONE', symbols: ['AAA'] }) }
            : { run: doneRun('run-1', { totalReturn: -0.1 }) },
      },
      says: /gained nothing[^]*I proposed nothing/,
    },
    { name: 'there is no price', change: { get_market_data: {} }, says: /There is no price of AAA/ },
    {
      name: 'one unit is too dear',
      change: { get_market_data: { series: { bars: [{ c: 3_000 }] } } },
      says: /One unit of AAA is more than 2\.0 % of equity/,
    },
    { name: 'the memory cannot be read', change: { recall: 'No.' }, says: /could not be recalled, so I propose nothing: No\./ },
    { name: 'equity is not known', change: { get_overview: { overview: { ...OVERVIEW, equity: null } } }, says: /Equity is not known/ },
  ])('proposes nothing where $name', ({ change, says }) => {
    const { report, calls } = played(change);
    expect(report).toMatch(says);
    expect(named(calls)).not.toContain('propose_order');
  });

  test('prefers a backtest of what is not held', () => {
    const runs = items({ id: 'run-1', state: 'DONE', symbols: ['AAA'] }, { id: 'run-2', state: 'DONE', symbols: ['BBB'] });
    const held = { positions: items({ ...BARE, strategies: ['trend'] }) };
    const one = played({ list_positions: held, get_runs: ({ id }) => (id === undefined ? { runs } : { run: RUN }) });
    expect(orderIn(one)).toMatchObject({ symbol: 'BBB', sources: ['run-2'] });
  });
});
