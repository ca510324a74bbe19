import { afterAll, beforeAll, expect, test } from 'vitest';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

interface Known {
  readonly strategyId: string;
  readonly bars: number;
  readonly reason: string | null;
  readonly gained: number | null;
}
const BANDS = 'query ($id: ID) { strategyBands(id: $id) { strategyId bars reason gained } }';
const PARAMETERS = [
  { name: 'fast', value: '2' },
  { name: 'slow', value: '3' },
] as const;
const SYMBOL = 'AAPL';
const CREATE =
  'mutation ($input: CreateStrategyInput!) { createStrategy(input: $input) { ... on Error { message } ... on StrategyPayload { strategy { id } } } }';
const ENABLE = 'mutation ($id: ID!) { enableStrategy(id: $id) { __typename } }';
const RUN =
  'mutation ($input: RunBacktestInput!) { runBacktest(input: $input) { __typename ... on Error { message } ... on RunPayload { run { id } } } }';

let demonstration: Demonstration;
let id: string;

const bandNow = async (): Promise<Known | undefined> =>
  (await demonstration.api().query<{ strategyBands: readonly Known[] }>(BANDS, { id })).strategyBands[0];

beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '60']);
  const input = {
    template: 'sma-crossover',
    name: 'Tide',
    symbols: [SYMBOL],
    parameters: PARAMETERS,
    allocation: '0.2',
    size: 'equity:0.05',
  };
  const { createStrategy } = await demonstration.api().query<{ createStrategy: { strategy: { id: string } } }>(CREATE, { input });
  ({ id } = createStrategy.strategy);
  await demonstration.api().query(ENABLE, { id });
  await eventually('a few bars', async () => (((await bandNow())?.bars ?? 0) >= 3 ? true : undefined), 90_000);
});
afterAll(() => demonstration.close());

test('without a backtest the card says what it has gained, and why there is no band', async () => {
  const page = await demonstration.open(`/strategies/${id}`);
  const card = page.getByRole('region', { name: 'Against its backtest' });
  await card.getByText(/n\/a: no finished backtest of this version with these parameters on/).waitFor();
  await card.getByText(/Result/).waitFor();
  await page.goto(`${demonstration.origin()}/strategies`);
  const row = page.getByRole('row', { name: /Tide/ });
  await row.getByTitle(/^n\/a: no finished backtest/).waitFor();
  await page
    .getByRole('row', { name: /Trend/ })
    .getByTitle(/^n\/a: it trades 4 symbols/)
    .waitFor();
  await page.context().close();
});

test('with one the card draws the band and says in a sentence where the strategy stands, as the list does in a word', async () => {
  const input = { strategyId: id, symbol: SYMBOL, size: 'equity:0.5@signal' };
  const { runBacktest } = await demonstration.api().query<{ runBacktest: { run: { id: string } } }>(RUN, { input });
  await eventually('a band', async () => ((await bandNow())?.reason === null ? true : undefined), 60_000);
  const page = await demonstration.open(`/strategies/${id}`);
  const card = page.getByRole('region', { name: 'Against its backtest' });
  const sentence = card.getByText(/^\S (Inside the band in which 9 in 10 such stretches end: better than|Above the band|Below the band)/);
  await sentence.waitFor();
  // A twentieth of the account out of a fifth, beside half of the cash.
  await card.getByText(/a return of it counts 50\s%/).waitFor();
  await card.getByRole('figure', { name: /among stretches of its backtest/ }).waitFor();
  expect(await card.getByRole('link', { name: 'its newest backtest' }).getAttribute('href')).toBe(`/runs/${runBacktest.run.id}`);
  expect(await seriousFindings(page)).toEqual([]);
  await card.screenshot({ path: screenshot('strategy-band') });
  const word = /(Inside|Above|Below)/.exec(await sentence.innerText())?.[0]?.toLowerCase() ?? '';
  await page.goto(`${demonstration.origin()}/strategies`);
  const row = page.getByRole('row', { name: /Tide/ });
  await row.getByText(/[●▲▼] (inside|above|below) [+−]?\d+\.\d\s%, \d+ bars/).waitFor();
  expect(['inside', 'above', 'below']).toContain(word);
  expect(await seriousFindings(page)).toEqual([]);
  await page.context().close();

  for (const { name, size: window, theme, find } of [
    { name: 'desktop light', size: DESKTOP, theme: 'light', find: contrastFindings },
    { name: 'phone', size: PHONE, theme: 'dark', find: narrowFindings },
  ] as const) {
    const other = await demonstration.open(`/strategies/${id}`, window, theme);
    await other.getByRole('figure', { name: /among stretches of its backtest/ }).waitFor();
    expect(await find(other), name).toEqual([]);
    await other.context().close();
  }
  expect(demonstration.complaints).toEqual([]);
});
