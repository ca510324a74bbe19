import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

interface Trip {
  readonly trade: { readonly symbol: string; readonly direction: string };
  readonly barsHeld: number | null;
  readonly adverse: number;
  readonly favourable: number;
  readonly return: number;
}

const RUN = `mutation ($input: RunBacktestInput!) { runBacktest(input: $input) { ... on RunPayload { run { id } } } }`;
const TRIPS = `query ($id: ID!) { run(id: $id) { state roundTrips { trips { trade { symbol direction } barsHeld adverse favourable return } } } }`;
const LOOKS = [
  { name: 'desktop-light', size: DESKTOP, theme: 'light', find: contrastFindings },
  { name: 'phone', size: PHONE, theme: 'dark', find: narrowFindings },
] as const;

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '240']);
});
afterAll(() => demonstration.close());

const shownPercent = (value: number): string => `${(value * 100).toFixed(2).replace('-', '−')}\u00a0%`;

async function startRun(input: object): Promise<string> {
  const api = demonstration.api();
  const { runBacktest } = await api.query<{ runBacktest: { run: { id: string } } }>(RUN, {
    input: { template: 'sma-crossover', ...input },
  });
  const { id } = runBacktest.run;
  const stateOf = async () =>
    (await api.query<{ run: { state: string } }>('query ($id: ID!) { run(id: $id) { state } }', { id })).run.state;
  await eventually('a run that is done', async () => ((await stateOf()) === 'DONE' ? true : undefined), 60_000);
  return id;
}

describe('a run', () => {
  test('shows how far the price went while each trade was held, and how far luck may carry it', async () => {
    const id = await startRun({ symbol: 'AAPL', parameters: [{ name: 'fast', value: '10' }] });
    const { run } = await demonstration.api().query<{ run: { roundTrips: { trips: Trip[] } } }>(TRIPS, { id });
    const { trips } = run.roundTrips;
    expect(trips.length).toBeGreaterThan(5);
    const page = await demonstration.open(`/runs/${id}`);
    const card = page.getByRole('region', { name: 'While the trades were held' });
    await card.getByRole('group', { name: /Worst price of each trade against its result/ }).focus();
    await page.keyboard.press('Home');
    for (const [which, key] of [
      [0, 'ArrowRight'],
      [1, 'End'],
      [trips.length - 1, 'Escape'],
    ] as const) {
      const trip = trips[which];
      if (trip === undefined) throw new Error(`there is no trade ${which}`);
      const words = [
        `${trip.trade.symbol} ${trip.trade.direction}`,
        `MAE ${shownPercent(trip.adverse)}`,
        `MFE +${shownPercent(trip.favourable)}`,
      ];
      for (const text of words) await card.getByText(text).waitFor();
      await card.getByText(`bars held ${trip.barsHeld ?? 'open'}`).waitFor();
      await card.getByText(trip.return > 0 ? '▲ won +' : '▼ lost').waitFor();
      await page.keyboard.press(key);
    }
    await card.getByText('left at its worst price').waitFor();
    await card.getByRole('button', { name: 'MFE', exact: true }).click();
    await card.getByRole('group', { name: /against its best price/ }).waitFor();
    await card.getByRole('button', { name: 'Show the numbers as a table' }).click();
    expect(await card.getByRole('row').count()).toBe(1 + trips.length);
    await card.getByRole('button', { name: 'Show the chart' }).click();

    const cone = page.getByRole('region', { name: 'Monte Carlo cone' });
    await cone.getByText(/1,000 accounts that draw this run’s own returns anew/).waitFor();
    await cone.getByRole('group').first().focus();
    await page.keyboard.press('End');
    await cone.getByText(/^run \$[\d,]+, (inside|above|below) the middle/).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await cone.scrollIntoViewIfNeeded();
    await page.screenshot({ path: screenshot('run-studies-desktop'), fullPage: true });
    await page.context().close();
    for (const { name, size, theme, find } of LOOKS) {
      const other = await demonstration.open(`/runs/${id}`, size, theme);
      await other.getByText(/accounts that draw this run’s own returns anew/).waitFor();
      await other.getByRole('group', { name: /Worst price of each trade/ }).waitFor();
      expect(await find(other), name).toEqual([]);
      expect(await other.evaluate('document.documentElement.scrollWidth')).toBe(size.width);
      await other.screenshot({ path: screenshot(`run-studies-${name}`), fullPage: true });
      await other.context().close();
    }
    expect(demonstration.complaints).toEqual([]);
  });

  test('that is too short says what is missing', async () => {
    const id = await startRun({ symbol: 'AAPL', from: '2016-01-04T00:00:00Z', to: '2016-01-29T00:00:00Z' });
    const page = await demonstration.open(`/runs/${id}`);
    await page.getByText('n/a: fewer than 30 returns.').waitFor();
    await page.getByText('n/a: there was no trade, and it takes 2.').waitFor();
    await page.context().close();
  });
});
