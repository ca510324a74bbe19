import { describe, expect, test } from 'vitest';
import { AGENT_ROLES } from '../roles.ts';
import { changesOf } from './source-change.ts';
import { problemsOf, sharpeGainMin } from './strategy.ts';
import { doneRun, items, memory, named, play } from './test/playing.ts';
import type { Played, World } from './test/playing.ts';

const SOURCE = `class S {\n  private slow: Parameter = integer('slow', 30, 2, 10000, 'Bars.');\n  private stop: Parameter = number('stop', 0, 0, 0.99, 'Off.');\n}\n`;
const BEFORE = doneRun('run-a', { totalReturn: 0.1, sharpe: 0.4, maxDrawdown: -0.2, trades: 90 });
const AFTER = doneRun('run-b', { totalReturn: 0.9, sharpe: 2.9, maxDrawdown: -0.1, trades: 80 });

const world = (change: World = {}, facts: readonly string[] = []): World => ({
  get_overview: { overview: { asOf: '2016-01-08T20:00:00Z' } },
  list_strategies: { strategies: items({ id: 'trend', name: 'Trend', symbols: ['AAA', 'BBB'] }) },
  get_market_data: {
    instruments: [
      { symbol: 'AAA', bars: 10 },
      { symbol: 'BBB', bars: 4_000 },
    ],
  },
  get_strategy: {
    strategy: {
      id: 'trend',
      source: SOURCE,
      parameters: [
        { name: 'slow', value: '40' },
        { name: 'stop', value: '0' },
      ],
    },
  },
  run_backtest: ({ strategyId }) => ({
    runBacktest: { run: { id: strategyId === undefined ? 'run-b' : 'run-a', version: strategyId === undefined ? 'vb' : 'va' } },
  }),
  get_runs: ({ id }) => ({ run: id === 'run-a' ? BEFORE : AFTER }),
  propose_version: { saveStrategyVersion: { version: 'vb', name: 's', isNew: true } },
  ...memory(facts).world,
  ...change,
});
const played = (change?: World, facts?: readonly string[]): Played => play('strategy', world(change, facts));

describe('the script of Strategy', () => {
  test('tests the strategy as it trades beside its source with one figure changed, and proposes what is better by more than luck', () => {
    const { calls, report } = played();
    const [before, after] = calls.filter(({ tool }) => tool === 'run_backtest').map((call) => call.arguments);
    const span = { symbol: 'BBB', to: '2016-01-08T20:00:00Z', slippageBps: 1, commissionPerUnit: 0.005 };
    const source = SOURCE.replace("'slow', 30", "'slow', 48");
    expect(before).toEqual({ ...span, strategyId: 'trend' });
    expect(after).toEqual({ ...span, source, parameters: [{ name: 'stop', value: '0' }] });
    expect(calls.find(({ tool }) => tool === 'propose_version')?.arguments).toEqual({ source, version: 'vb' });
    expect(report).toContain('I proposed the version vb. Nothing trades by it until a person configures it.');
    expect(calls.at(-1)?.arguments).toMatchObject({
      text: expect.stringMatching(/^Changed slow of trend from 40 to 48: .*; better by more than luck\.$/) as unknown,
    });
  });

  test('proposes nothing where luck explains it, and says why', () => {
    const little = doneRun('run-b', { totalReturn: 0.12, sharpe: 0.5, maxDrawdown: -0.3, trades: 80 }, { badges: ['could be luck'] });
    const { calls, report } = played({ get_runs: ({ id }) => ({ run: id === 'run-a' ? BEFORE : little }) });
    expect(named(calls)).not.toContain('propose_version');
    expect(report).toMatch(
      /I propose nothing: its Sharpe ratio is 0\.10 higher, and over 6\.0 years and 1 tries luck alone may add 1\.06; its drawdown is deeper; its backtest is marked: could be luck\./,
    );
  });

  test('tries no change twice, and counts the tries', () => {
    const { calls, report } = played({}, ['Changed slow of trend from 40 to 48: bad.']);
    expect(calls.filter(({ tool }) => tool === 'run_backtest')[1]?.arguments['source']).toContain("'slow', 32,");
    expect(report).toContain('from 40 to 32, on BBB, the try 2 on it');
  });

  test.each<{ name: string; change: World; facts?: readonly string[]; says: RegExp }>([
    {
      name: 'there is no strategy',
      change: { list_strategies: { strategies: items() } },
      says: /There is no strategy\.\nI changed nothing\./,
    },
    { name: 'it has no bars', change: { get_market_data: 'No.' }, says: /Trend has no symbol with bars/ },
    { name: 'its source cannot be read', change: { get_strategy: 'No.' }, says: /source of Trend could not be read: No\./ },
    {
      name: 'its source is too long',
      change: { get_strategy: { strategy: { source: 'x… (9 characters more)' }, shortened: 'long texts end early' } },
      says: /longer than an answer/,
    },
    { name: 'its source has no figures', change: { get_strategy: { strategy: { source: 'class S {}' } } }, says: /no figure to change/ },
    {
      name: 'the memory cannot be read',
      change: { recall: 'No.' },
      says: /could not be recalled, and a change tried twice counts twice: No\./,
    },
    {
      name: 'all was tried',
      change: {},
      facts: [48, 32].map((to) => `Changed slow of trend from 40 to ${to}: bad.`),
      says: /Every small change of Trend was tried before/,
    },
  ])('tests nothing where $name', ({ change, facts, says }) => {
    const { calls, report } = played(change, facts);
    expect(report).toMatch(says);
    expect(named(calls)).not.toContain('run_backtest');
  });

  test.each<{ name: string; change: World; says: RegExp }>([
    { name: 'the test is refused', change: { run_backtest: 'Used up.' }, says: /as it trades gave no result: Used up\./ },
    {
      name: 'the changed source does not compile',
      change: { run_backtest: ({ source }) => (source === undefined ? { runBacktest: { run: { id: 'run-a' } } } : 'Line 2.') },
      says: /changed source gave no result: Line 2\./,
    },
    { name: 'there is no Sharpe ratio', change: { get_runs: { run: doneRun('run-a', {}) } }, says: /cannot be compared/ },
  ])('proposes nothing where $name', ({ change, says }) => {
    const { calls, report } = played(change);
    expect(report).toMatch(says);
    expect(named(calls)).not.toContain('propose_version');
  });

  test('says so where the version cannot be kept', () =>
    expect(played({ propose_version: 'Another module.' }).report).toContain('could not be kept: Another module.'));

  test('the longest way has as many turns as its role', () => {
    const first = { id: 'old', name: 'Old', symbols: ['BBB'] };
    const looks = new Map<unknown, number>();
    const { turns, calls } = played(
      {
        list_strategies: { strategies: items(first, { id: 'trend', name: 'Trend', symbols: ['BBB'] }) },
        get_runs: ({ id }) => {
          looks.set(id, (looks.get(id) ?? 0) + 1);
          return { run: (looks.get(id) ?? 0) < 7 ? { state: 'RUNNING' } : id === 'run-a' ? BEFORE : AFTER };
        },
      },
      [48, 32].map((to) => `Changed slow of old from 40 to ${to}: bad.`),
    );
    expect(named(calls)).toContain('propose_version');
    expect(turns.length).toBeLessThanOrEqual(AGENT_ROLES.strategy.budget.turnsPerRunMax);
    expect(turns.length).toBeGreaterThan(20);
  });
});

test('luck grows with tries and shrinks with years', () => {
  expect(sharpeGainMin(1, 4, 10)).toBeGreaterThan(sharpeGainMin(1, 4, 1));
  expect(sharpeGainMin(1, 16, 1)).toBeCloseTo(sharpeGainMin(1, 4, 1) / 2);
  expect(sharpeGainMin(0, 1, 1)).toBeCloseTo(2.448, 3);
});

test.each([
  { name: 'exactly as much as luck', sharpe: 0, is: [] },
  { name: 'a little less', sharpe: -0.01, is: [expect.stringMatching(/luck alone may add/)] },
])('a gain of $name', ({ sharpe, is }) => {
  const after = { totalReturn: 1, sharpe: 2.9, maxDrawdown: -0.1, trades: 90, badges: [] };
  const before = { ...after, totalReturn: 0.1, sharpe: 2.9 - sharpeGainMin(2.9, 6, 1) - sharpe - 1e-12 };
  expect(problemsOf(before, after, 6, 1)).toEqual(is);
});

test.each([
  { name: 'a figure a fifth up and down', source: SOURCE, parameters: new Map(), to: ['slow 36', 'slow 24'] },
  { name: 'from what the strategy trades with', source: SOURCE, parameters: new Map([['slow', '100']]), to: ['slow 120', 'slow 80'] },
  { name: 'within its bounds', source: "integer('n', 10, 9, 11, '')", parameters: new Map(), to: [] },
  { name: 'not where rounding leaves it', source: "integer('n', 2, 1, 9, '')", parameters: new Map(), to: [] },
  { name: 'with a point', source: "number('x', 0.25, 0, 1, '')", parameters: new Map(), to: ['x 0.3', 'x 0.2'] },
  { name: 'never a word', source: "number('x', 0.25, 0, 1, '')", parameters: new Map([['x', 'many']]), to: [] },
])('a change: $name', ({ source, parameters, to }) =>
  expect(changesOf(source, parameters).map((change) => `${change.parameter} ${change.to}`)).toEqual(to),
);
