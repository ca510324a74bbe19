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
const SWEEP = `mutation ($input: StartSweepInput!) { startSweep(input: $input) { __typename ... on SweepPayload { sweep { id } } } }`;
const SWEPT = `query ($id: ID!) { sweep(id: $id) { state best(first: 1) { parameters { name value } sharpe } trialTable { all parameters { name values } plateau } } }`;
const LOOKS = [
  { name: 'desktop-light', size: DESKTOP, theme: 'light', find: contrastFindings },
  { name: 'phone', size: PHONE, theme: 'dark', find: narrowFindings },
] as const;

interface Swept {
  readonly state: string;
  readonly best: readonly { readonly parameters: readonly { readonly name: string; readonly value: string }[]; readonly sharpe: number }[];
  readonly trialTable: {
    readonly all: number;
    readonly parameters: readonly { readonly name: string; readonly values: readonly string[] }[];
    readonly plateau: number;
  };
}

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
    // What the keys are at has a ring around it: the pointer in its middle is at the same trade.
    await page.keyboard.press('Home');
    const ring = await card.locator('circle').boundingBox();
    await page.keyboard.press('Escape');
    await card.getByText('left at its worst price').waitFor();
    if (ring === null) throw new Error('the first trade has no ring');
    await page.mouse.move(ring.x + ring.width / 2, ring.y + ring.height / 2);
    await card.getByText(`MAE ${shownPercent(trips[0]?.adverse ?? Number.NaN)}`).waitFor();
    await page.mouse.move(0, 0);
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

async function startSweep(grid: readonly string[]): Promise<{ readonly id: string; readonly sweep: Swept }> {
  const api = demonstration.api();
  const input = { template: 'sma-crossover', symbol: 'AAPL', grid };
  const { startSweep: started } = await api.query<{ startSweep: { sweep: { id: string } } }>(SWEEP, { input });
  const { id } = started.sweep;
  const sweep = await eventually(
    'a sweep that is done',
    async () => {
      const { sweep: found } = await api.query<{ sweep: Swept }>(SWEPT, { id });
      return found.state === 'DONE' ? found : undefined;
    },
    120_000,
  );
  return { id, sweep };
}

/** Milliseconds of each of some keys on what has the focus, until the page has been painted. */
const PAINTS = `(async () => {
  const paint = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const times = [];
  for (let press = 0; press < 8; press += 1) {
    const begin = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
    await paint();
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b);
})()`;

describe('a sweep', () => {
  test('says before it is started how much it is, and how long that takes where it was measured', async () => {
    const page = await demonstration.open('/research?new');
    const form = page.getByRole('dialog');
    await form.getByLabel('Strategy').selectOption('sma-crossover');
    await form.getByLabel('Symbol').selectOption('AAPL');
    await form.getByRole('textbox', { name: /^fast/ }).fill('5..25');
    await form.getByText('How long it takes: n/a, no sweep was finished on this server yet.').waitFor();
    await startSweep(['fast=5..8', 'slow=30..33']);
    await page.reload();
    await form.getByLabel('Strategy').selectOption('sma-crossover');
    await form.getByLabel('Symbol').selectOption('AAPL');
    await form.getByRole('textbox', { name: /^fast/ }).fill('5..25');
    await form.getByText(/^21 sets on [\d,]+ bars: /).waitFor();
    await form.getByText(/^About [\d.]+ (s|min), at the pace of 1 sweep of this strategy on this server, waiting included\.$/).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.screenshot({ path: screenshot('study-cost') });
    await form.getByRole('button', { name: 'Walk-forward' }).click();
    await form.getByText('How long it takes: n/a, no walk-forward was finished on this server yet.').waitFor();
    await page.context().close();
  });

  test('of some 9,000 sets is drawn with a line each, and filtered on its axes by keys and by pointer', async () => {
    const { id, sweep } = await startSweep(['fast=2..60', 'slow=61..220']);
    const { all, parameters, plateau } = sweep.trialTable;
    expect(all).toBe(59 * 160);
    const page = await demonstration.open(`/research/${id}`);
    const card = page.getByRole('region', { name: 'Trials' });
    await card.getByText('9,440 of 9,440 sets pass.').waitFor();

    // The last line is the best one; the plateau's is where the API says.
    await card.getByRole('group', { name: /Trials by their parameters and figures/ }).focus();
    await page.keyboard.press('End');
    await card.getByText(/^★ best(, ◆ plateau)?$/).waitFor();
    const [best] = sweep.best;
    for (const { name, value } of best?.parameters ?? []) await card.getByText(`${name} ${value}`, { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Show the numbers as a table' }).click();
    await card.getByText('The best 500 of 9440.').waitFor();
    await card.getByRole('button', { name: 'Show the chart' }).click();

    // By keys, from value to value: fast from 5 on.
    const from = card.getByRole('slider', { name: 'fast, from' });
    await from.focus();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowUp');
    expect(await from.getAttribute('aria-valuetext')).toBe('5');
    await card.getByText(`${(56 * 160).toLocaleString('en-US')} of 9,440 sets pass.`).waitFor();
    const to = card.getByRole('slider', { name: 'fast, to' });
    await to.focus();
    await page.keyboard.press('Home');
    expect(await to.getAttribute('aria-valuetext')).toBe('5');
    await card.getByText('160 of 9,440 sets pass.').waitFor();
    await page.keyboard.press('Escape');
    await card.getByText('9,440 of 9,440 sets pass.').waitFor();
    await from.focus();
    const times = await page.evaluate<number[]>(PAINTS);
    expect(times[4], `painted in ${times.map(Math.round).join(', ')} ms`).toBeLessThan(250);

    // By the pointer: the upper half of the Sharpe ratios.
    const ends = await Promise.all(['from', 'to'].map((end) => card.getByRole('slider', { name: `Sharpe, ${end}` }).boundingBox()));
    const [low, high] = ends;
    if (!low || !high) throw new Error('the axis of the Sharpe ratio is not in view');
    const across = low.x + low.width / 2;
    await page.mouse.move(across, (low.y + high.y + high.height) / 2);
    await page.mouse.down();
    await page.mouse.move(across, high.y + high.height + 20, { steps: 4 });
    await page.mouse.move(across, high.y + high.height + 1, { steps: 4 });
    await page.mouse.up();
    const passed = await card.getByText(/of 9,440 sets pass\.$/).textContent();
    expect(Number(passed?.replace(',', '').split(' ')[0])).toBeLessThan(9_440);
    expect(Number(passed?.replace(',', '').split(' ')[0])).toBeGreaterThan(0);
    await card.getByRole('button', { name: 'Show all sets' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await card.screenshot({ path: screenshot('sweep-trials-filtered') });
    await card.getByRole('button', { name: 'Show all sets' }).click();
    await card.getByText('9,440 of 9,440 sets pass.').waitFor();
    await page.mouse.move(0, 0);
    await page.screenshot({ path: screenshot('sweep-trials-desktop'), fullPage: true });
    expect(parameters.map(({ values }) => values[plateau])).not.toContain(undefined);
    await page.context().close();
    for (const { name, size, theme, find } of LOOKS) {
      const other = await demonstration.open(`/research/${id}`, size, theme);
      const trials = other.getByRole('region', { name: 'Trials' });
      await trials.getByText('9,440 of 9,440 sets pass.').waitFor();
      expect(await find(other), name).toEqual([]);
      expect(await other.evaluate('document.documentElement.scrollWidth')).toBe(size.width);
      await trials.screenshot({ path: screenshot(`sweep-trials-${name}`) });
      await other.context().close();
    }
    expect(demonstration.complaints).toEqual([]);
  });
});
