import { describe, expect, test } from 'vitest';
import { AGENT_ROLES } from '../roles.ts';
import { gridAround, ideasOf } from './research-ideas.ts';
import { doneRun, items, memory, named, play } from './test/playing.ts';
import type { Played, World } from './test/playing.ts';

const MARKET = {
  instruments: [
    { symbol: 'LONG', bars: 5_000 },
    { symbol: 'HELD', bars: 900 },
    { symbol: 'NEW', bars: 20 },
  ],
};
const STRATEGIES = { strategies: items({ id: 's', symbols: ['HELD', 'GONE'] }), strategyTemplates: [{ name: 'sma' }, { name: 'rsi' }] };
const RUN = doneRun(
  'run-1',
  { totalReturn: 0.235, sharpe: 0.58, maxDrawdown: -0.177, trades: 15 },
  {
    badges: ['fewer than 30 trades'],
    parameters: [
      { name: 'fast', value: '10' },
      { name: 'direction', value: 'long' },
      { name: 'slow', value: '30' },
      { name: 'stop', value: '0' },
    ],
  },
);
const sweep = (selection: object) => ({
  id: 'sweep-1',
  state: 'DONE',
  selection: { sentence: 'Nine sets were tried.', trials: 9, ...selection },
  best: [{ parameters: [{ name: 'fast', value: '8' }], totalReturn: 0.3, sharpe: 0.7, maxDrawdown: -0.1, trades: 20 }],
});

const world = (change: World = {}, facts: readonly string[] = []): World => ({
  get_overview: { overview: { asOf: '2016-01-08T20:00:00Z' } },
  get_market_data: MARKET,
  list_strategies: STRATEGIES,
  get_runs: ({ id }) => (id === undefined ? { runs: items() } : id === 'sweep-1' ? { sweep: sweep({ dsr: 0.31 }) } : { run: RUN }),
  run_backtest: { runBacktest: { run: { id: 'run-1', state: 'QUEUED' } } },
  run_sweep: { startSweep: { sweep: { id: 'sweep-1' } } },
  ...memory(facts).world,
  ...change,
});

const played = (change?: World, facts?: readonly string[]): Played => play('research', world(change, facts));

describe('the script of Research', () => {
  test('tests an idea with costs up to the venue’s now, sweeps around it, and judges by luck', () => {
    const { calls, report } = played();
    expect(calls.find(({ tool }) => tool === 'run_backtest')?.arguments).toEqual({
      symbol: 'HELD',
      template: 'sma',
      slippageBps: 1,
      commissionPerUnit: 0.005,
      to: '2016-01-08T20:00:00Z',
    });
    expect(calls.find(({ tool }) => tool === 'run_sweep')?.arguments).toMatchObject({ grid: ['fast=8,10,13', 'slow=24,30,38'] });
    expect(report).toContain('sma on HELD up to 2016-01-08 (run run-1): return 23.5 %, Sharpe ratio 0.58, drawdown -17.7 %, 15 trades.');
    expect(report).toContain('What warns of it: fewer than 30 trades.');
    expect(report).toContain(
      'Nine sets were tried.\nI would not rely on it: 95.0 % is asked of the deflated Sharpe ratio, and it is 31.0 %.',
    );
    expect(calls.at(-1)).toMatchObject({
      tool: 'remember',
      arguments: {
        text: 'Tried sma on HELD up to 2016-01-08: return 23.5 %, Sharpe ratio 0.58, drawdown -17.7 %, 15 trades; deflated Sharpe ratio 0.31 after 9 trials, may well be luck.',
        about: ['run-1', 'sweep-1'],
      },
    });
  });

  test.each([
    { name: 'clearly more than luck', selection: { dsr: 0.97, pbo: 0.1 }, says: 'It is more than the luck of the search' },
    { name: 'no overfitting reckoned', selection: { dsr: 0.97 }, says: 'It is more than the luck of the search' },
    { name: 'a search that chooses noise', selection: { dsr: 0.97, pbo: 0.8 }, says: 'I would not rely on it' },
    {
      name: 'nothing known of luck',
      selection: {},
      says: 'I would not rely on it: 95.0 % is asked of the deflated Sharpe ratio, and it is not known.',
    },
  ])('a sweep: $name', ({ selection, says }) => {
    const get_runs: World[string] = ({ id }) =>
      id === undefined ? { runs: items() } : id === 'sweep-1' ? { sweep: sweep(selection) } : { run: RUN };
    expect(played({ get_runs }).report).toContain(says);
  });

  test.each([
    { name: 'what it remembers', facts: ['Tried sma on HELD up to 2015-01-01: bad.'], runs: items(), template: 'sma', symbol: 'LONG' },
    { name: 'what somebody ran', facts: [], runs: items({ strategyName: 'sma', symbols: ['HELD'] }), template: 'sma', symbol: 'LONG' },
    { name: 'a name that only begins alike', facts: ['Tried sma on HELDER: bad.'], runs: items(), template: 'sma', symbol: 'HELD' },
  ])('does not try again $name', ({ facts, runs, template, symbol }) => {
    const get_runs: World[string] = ({ id }) => (id === undefined ? { runs } : id === 'sweep-1' ? { sweep: sweep({}) } : { run: RUN });
    const { calls } = played({ get_runs }, facts);
    expect(calls.find(({ tool }) => tool === 'run_backtest')?.arguments).toMatchObject({ template, symbol });
  });

  test('waits for what is queued, and looks again', () => {
    let looks = 0;
    const get_runs: World[string] = ({ id }) => {
      if (id === undefined) return { runs: items() };
      if (id === 'sweep-1') return { sweep: sweep({ dsr: 0.5 }) };
      looks += 1;
      return { run: looks < 3 ? { id, state: 'RUNNING' } : RUN };
    };
    const { turns, report } = played({ get_runs });
    expect(turns.flatMap(({ afterMs }) => afterMs ?? [])).toEqual([500, 1_000, 2_000, 500]);
    expect(report).toContain('Sharpe ratio 0.58');
  });

  test('gives up on what is never done, remembers it, and stays within its turns', () => {
    const get_runs: World[string] = ({ id }) => (id === undefined ? { runs: items() } : { run: { id, state: 'RUNNING' } });
    const { report, calls } = played({ get_runs });
    expect(report).toContain('sma on HELD gave no result: the run run-1 is not done yet');
    expect(calls.at(-1)?.arguments).toMatchObject({ text: 'Tried sma on HELD up to 2016-01-08: nothing came of it.' });
  });

  test('the longest way has as many turns as its role', () => {
    let tests = 0;
    const facts = ['sma on HELD', 'rsi on HELD', 'sma on LONG', 'rsi on LONG'].map((idea) => `Tried ${idea}: bad.`);
    const looks = new Map<unknown, number>();
    const late: World[string] = ({ id }) => {
      if (id === undefined) return { runs: items() };
      const look = (looks.get(id) ?? 0) + 1;
      looks.set(id, look);
      return look < 7 ? { run: { state: 'RUNNING' }, sweep: { state: 'RUNNING' } } : { run: RUN, sweep: sweep({}) };
    };
    const { turns } = played(
      {
        list_strategies: {
          ...STRATEGIES,
          strategyTemplates: [...STRATEGIES.strategyTemplates, ...'abcdef'.split('').map((name) => ({ name }))],
        },
        get_runs: late,
        run_backtest: () => ((tests += 1) === 1 ? 'No.' : { runBacktest: { run: { id: 'run-1' } } }),
      },
      facts.concat('abc'.split('').flatMap((name) => ['HELD', 'LONG'].map((symbol) => `Tried ${name} on ${symbol}: bad.`))),
    );
    expect(turns.length).toBeLessThanOrEqual(AGENT_ROLES.research.budget.turnsPerRunMax);
    expect(turns.length).toBeGreaterThan(20);
  });

  test.each<{ name: string; change: World; facts?: readonly string[]; says: RegExp; acts: readonly string[] }>([
    { name: 'the data cannot be read', change: { get_market_data: 'No.' }, says: /tried nothing: No\./, acts: [] },
    {
      name: 'there is no template',
      change: { list_strategies: { strategies: items(), strategyTemplates: [] } },
      says: /no template with enough bars/,
      acts: [],
    },
    { name: 'the memory cannot be read', change: { recall: 'No.' }, says: /memory could not be read/, acts: [] },
    {
      name: 'every test is refused',
      change: { run_backtest: 'The day’s trials are used up.' },
      says: /was refused: The day’s trials are used up\.\n[^]*I tried no more\./,
      acts: ['run_backtest', 'run_backtest'],
    },
    {
      name: 'the test fails',
      change: { get_runs: ({ id }) => (id === undefined ? { runs: items() } : { run: { state: 'FAILED', error: 'No bars.' } }) },
      says: /gave no result: the run run-1 is FAILED: No bars\./,
      acts: ['run_backtest'],
    },
    {
      name: 'the sweep is refused',
      change: { run_sweep: 'Too many.' },
      says: /There is no sweep: Too many\./,
      acts: ['run_backtest', 'run_sweep'],
    },
    {
      name: 'nothing can be kept',
      change: { remember: 'It is full.' },
      says: /could not remember it: It is full\./,
      acts: ['run_backtest', 'run_sweep'],
    },
  ])('ends with a report where $name', ({ change, facts, says, acts }) => {
    const { report, calls } = played(change, facts);
    expect(report).toMatch(says);
    expect(named(calls).filter((tool) => tool.startsWith('run_'))).toEqual(acts);
  });
});

test('symbols of strategies come first, and short series never', () =>
  expect(ideasOf(MARKET, STRATEGIES, {}).map(({ template, symbol }) => `${template} ${symbol}`)).toEqual([
    'sma HELD',
    'sma LONG',
    'rsi HELD',
    'rsi LONG',
  ]));

test.each([
  { name: 'whole figures stay whole', parameters: [{ name: 'n', value: '2' }], grid: ['n=2,3'] },
  { name: 'others keep their digits', parameters: [{ name: 'x', value: '0.25' }], grid: ['x=0.2,0.25,0.3125'] },
  {
    name: 'words and zeros are not turned',
    parameters: [
      { name: 'd', value: 'long' },
      { name: 'z', value: '0' },
    ],
    grid: [],
  },
  { name: 'nothing but figures', parameters: [undefined, {}, { name: 'n' }], grid: [] },
])('a grid: $name', ({ parameters, grid }) => expect(gridAround(parameters)).toEqual(grid));
