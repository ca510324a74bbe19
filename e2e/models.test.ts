import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { openPlace } from './every-page.ts';
import { approveAll, eventually, secondPerson, start } from './product.ts';
import type { Running } from './product.ts';
import { disableStrategies } from './trading.ts';

/** The S&P 500's calm year and a half before, and the restless autumn that is played after it: the days that come are spread as none that were learnt from. */
const CALM = { from: '2013-06-03', to: '2014-12-31' } as const;
const PLAYED_FROM = '2015-08-17';
const LEARNT_LATER = '2015-12-31';
/** Bars a minute: five seconds a day to look around in, and a fifth of a second a day to let months go by. */
const SLOW = 12;
const FAST = 300;
/** Time stands still while somebody decides, and goes on by days, of which each is a bar's four prices. */
const STILL = 0;
const STEPS_A_DAY = 4;
/** Within so many days a strategy that changes its mind every few has done so. */
const DAYS_MOST = 150;
/** Between the close of a day and what is on the page of it; what comes later is met a day later. */
const DECIDED_MS = 250;
const TRAINED_MS = 120_000;
/** Days of the exchange must pass, as fast as the machine plays them: a slow one needs minutes. */
const PLAYED_MS = 300_000;
const WITH_PLAY = { timeout: PLAYED_MS + 60_000 };

let exchange: Running;
let demonstration: Demonstration;

async function tellExchange(path: '/sim/speed' | '/sim/step', body: object): Promise<void> {
  const answer = await fetch(`${exchange.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
}

/** The same days go on, faster or slower, or not at all. */
const playAt = (speed: number): Promise<void> => tellExchange('/sim/speed', { speed });

async function playOneDay(): Promise<void> {
  for (let step = 0; step < STEPS_A_DAY; step += 1) await tellExchange('/sim/step', {});
}

/** A day's first price comes with its open, and the gate denies what comes in the two minutes after it: plays on until they are over. */
async function playPastTheOpen(): Promise<void> {
  for (let step = 0; step < STEPS_A_DAY; step += 1) {
    const { market } = (
      await demonstration.api().query<{ overview: { market: { now: string; phase: string } } }>('{ overview { market { now phase } } }')
    ).overview;
    const time = new Date(market.now).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' });
    if (market.phase !== 'open' || time > '09:32:00') return;
    await tellExchange('/sim/step', {});
    await sleep(DECIDED_MS);
  }
}

beforeAll(async () => {
  exchange = await start(['exchange', '--port', '0', '--speed', String(STILL), '--from', PLAYED_FROM]);
  demonstration = await openDemonstration(['--exchange-url', exchange.url]);
  await playAt(SLOW);
});
afterAll(async () => {
  await demonstration.close();
  await exchange.stop('SIGTERM');
});

/** Fills in a form that is open, sends it, and follows the training to its model; `before` were done already. */
async function train(page: Page, fields: Readonly<Record<string, string>>, before = 0): Promise<string> {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(new RegExp(`^${label}`)).fill(text);
  await page.getByRole('button', { name: 'Train on SPX' }).click();
  await page.getByRole('table').first().getByText('Done').nth(before).waitFor({ timeout: TRAINED_MS });
  const { trainings } = await demonstration
    .api()
    .query<{ trainings: { edges: { node: { model: { id: string } | null; error: string | null } }[] } }>(
      '{ trainings(first: 1) { edges { node { error model { id } } } } }',
    );
  const node = trainings.edges[0]?.node;
  expect(node?.error).toBeNull();
  return node?.model?.id ?? '';
}

/** Opens a dialog by its button, gives a reason, and does what it says. */
async function act(page: Page, opens: string, does: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: opens }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('SIMULATED', { exact: true }).waitFor();
  await dialog.getByLabel(/Reason/).fill(reason);
  await dialog.getByRole('button', { name: does }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** A strategy with the model of this page, which executes as is said, and runs. */
async function startStrategy(page: Page, name: string, execution: 'Shadow' | 'Recommend'): Promise<void> {
  await page.getByRole('button', { name: 'Start a strategy…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Name/).fill(name);
  // In these weeks it says about 0.8: it changes its mind every few days, and only a change is a wish to trade.
  await dialog.getByLabel(/^long/).fill('0.8');
  await dialog.getByLabel(/^hold/).fill('1');
  await dialog.getByRole('button', { name: 'Create as a draft' }).click();
  await page.waitForURL(/\/strategies\//);
  await page.getByRole('button', { name: 'Change…' }).click();
  await dialog.getByRole('button', { name: execution, exact: true }).click();
  // A day is over in seconds here: what is recommended waits a week of them.
  if (execution === 'Recommend') await dialog.getByLabel(/^Minutes/).fill('10080');
  await dialog.getByLabel(/Reason/).fill('its first weeks');
  await dialog.getByRole('button', { name: 'Set it' }).click();
  await page.getByText(`${execution}.`, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Enable…' }).click();
  await dialog.getByRole('button', { name: /^Enable on/ }).click();
  await page.getByRole('button', { name: 'Pause…' }).waitFor();
}

const stateOf = async (model: string): Promise<string> =>
  (await demonstration.api().query<{ model: { state: string } }>('query ($id: ID!) { model(id: $id) { state } }', { id: model })).model
    .state;

let first = '';
let second = '';

test('a model is trained on sample data from the form; bad input is shown at its field', async () => {
  const page = await demonstration.open('/models?new');
  await page.getByLabel(/^Symbols/).fill('NOPE');
  await page.getByRole('button', { name: 'Train on NOPE' }).click();
  await page.getByText(/There are no bars of NOPE/).waitFor();
  await page.getByLabel(/^trees/).fill('0');
  await page.getByLabel(/^Symbols/).fill('SPX');
  await page.getByRole('button', { name: 'Train on SPX' }).click();
  await page.getByRole('alert').getByText(/trees/).waitFor();
  first = await train(page, { trees: '40', 'Learn from': CALM.from, 'Learn until': CALM.to });
  await page
    .getByText(/has found nothing|may be luck|beats all three/)
    .first()
    .waitFor();
  await page.context().close();
});

test('its page says honestly what it is worth; its strategy has a report; it becomes a shadow', async () => {
  const page = await demonstration.open(`/models/${first}`);
  await page.getByText(/Mean AUC .* \(standard error over folds\)/).waitFor();
  await page
    .getByRole('figure', { name: /^Calibration/ })
    .first()
    .waitFor();
  await act(page, 'Make it a shadow…', 'Make it a shadow', 'to be looked at');
  await page.getByText('It became a shadow').waitFor();
  expect(await stateOf(first)).toBe('SHADOW');
  await page.getByRole('button', { name: 'Backtest after its bars' }).click();
  await page.waitForURL(/\/runs\//);
  const report = page.getByRole('link', { name: 'HTML report' });
  await report.waitFor({ timeout: TRAINED_MS });
  const answer = await fetch(new URL((await report.getAttribute('href')) ?? '', demonstration.origin()), {
    headers: { cookie: demonstration.api().cookie },
  });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('Sharpe');
  await page.context().close();
});

test('a strategy runs with it in shadow; days that it has not learnt from are told as drift', WITH_PLAY, async () => {
  const page = await demonstration.open(`/models/${first}`);
  await startStrategy(page, 'Calm', 'Shadow');
  await page.context().close();
  await playAt(FAST);
  const alert = await eventually(
    'an alert about its drift',
    async () => {
      const { alerts } = await demonstration
        .api()
        .query<{ alerts: { edges: { node: { id: string; code: string; detail: string } }[] } }>(
          '{ alerts(first: 100) { edges { node { id code detail } } } }',
        );
      return alerts.edges.map(({ node }) => node).find(({ code, detail }) => code === 'ModelHealth' && detail.includes(first.slice(0, 12)));
    },
    PLAYED_MS,
  );
  expect(alert.detail).toMatch(/has a health of \d+(?:\.\d)? of 100/);
  await playAt(SLOW);
  const again = await demonstration.open(`/models/${first}`);
  await again
    .getByText(/^■ \d+ of 100$/)
    .first()
    .waitFor();
  await again.getByText('▲ decides').waitFor();
  await again.getByRole('cell', { name: 'the last 50' }).waitFor();
  const rolling = again.getByRole('figure', { name: 'Accuracy and IC of the last 50 outcomes, as time went on' });
  await rolling.getByRole('button', { name: 'Show the numbers as a table' }).click();
  await rolling.getByRole('columnheader', { name: 'Always the same' }).waitFor();
  expect(await rolling.getByRole('row').count()).toBeGreaterThan(2);
  await again.context().close();
  // Nothing that opens a position ever left.
  const { orders } = await demonstration
    .api()
    .query<{ orders: { edges: { node: { strategyName: string | null } }[] } }>(
      '{ orders(first: 100) { edges { node { strategyName } } } }',
    );
  expect(orders.edges.filter(({ node }) => node.strategyName === 'Calm')).toEqual([]);
});

test('a recorded prediction is asked again by hand: the same answer, and another for other features', async () => {
  const { predictions } = await demonstration.api().query<{
    predictions: { edges: { node: { prediction: number | null; features: { value: number | null; contribution: number | null }[] } }[] };
  }>('query ($id: ID!) { predictions(modelId: $id, first: 20) { edges { node { prediction features { value contribution } } } } }', {
    id: first,
  });
  const said = predictions.edges.map(({ node }) => node).filter(({ prediction }) => prediction !== null);
  expect(said.length).toBeGreaterThan(0);
  for (const { prediction, features } of said) {
    const { modelWhatIf } = await demonstration
      .api()
      .query<{ modelWhatIf: { score: number; features: { contribution: number }[] } }>(
        'query ($id: ID!, $values: [Float!]) { modelWhatIf(modelId: $id, values: $values) { score features { contribution } } }',
        { id: first, values: features.map(({ value }) => value) },
      );
    expect(modelWhatIf.score).toBe(prediction);
    expect(modelWhatIf.features.map(({ contribution }) => contribution)).toEqual(features.map(({ contribution }) => contribution));
  }
  const page = await demonstration.open(`/models/${first}`);
  const card = page.getByRole('region', { name: 'What if' });
  const [was, now] = [card.locator('[data-score=before]'), card.locator('[data-score=now]')];
  await was.waitFor();
  expect(await now.innerText()).toBe(await was.innerText());
  const sliders = card.getByRole('slider');
  for (let place = 0; place < (await sliders.count()); place += 1) {
    await sliders.nth(place).focus();
    await page.keyboard.press('End');
  }
  await eventually('another answer', async () => ((await now.innerText()) === (await was.innerText()) ? undefined : true));
  await card.screenshot({ path: screenshot('model-what-if') });
  expect(await seriousFindings(page)).toEqual([]);
  await card.getByRole('button', { name: 'As it was' }).click();
  expect(await now.innerText()).toBe(await was.innerText());
  await page.context().close();
});

test('what has drifted is proposed to be trained again, and a person dismisses it with a reason', WITH_PLAY, async () => {
  const page = await demonstration.open('/models');
  const card = page.getByRole('region', { name: 'To be trained again' });
  await eventually(
    'a proposal',
    async () => {
      await page.reload();
      return await card
        .getByText('drift', { exact: true })
        .waitFor({ timeout: 5_000 })
        .then(
          () => true,
          () => undefined,
        );
    },
    PLAYED_MS,
  );
  await page.screenshot({ path: screenshot('models-retraining'), fullPage: true });
  await card.getByRole('button', { name: 'Dismiss…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/Reason/).fill('a challenger is trained by hand');
  await dialog.getByRole('button', { name: 'Dismiss it' }).click();
  await dialog.waitFor({ state: 'detached' });
  const { retrainings } = await demonstration.api().query<{
    retrainings: { edges: { node: { state: string; because: string; model: { id: string } } }[] };
  }>('{ retrainings(first: 5) { edges { node { state because model { id } } } } }');
  expect(retrainings.edges.map(({ node }) => [node.state, node.because, node.model.id])).toEqual([
    ['DISMISSED', 'a challenger is trained by hand', first],
  ]);
  await page.context().close();
});

test('a challenger follows it, is compared with it, and is champion when a second person approves', async () => {
  const page = await demonstration.open(`/models/${first}`);
  await page.getByRole('link', { name: 'Retrain from it…' }).click();
  await page.getByText(/as its challenger/).waitFor();
  expect(await page.getByLabel(/^trees/).inputValue()).toBe('40');
  second = await train(page, { 'Learn until': LEARNT_LATER }, 1);
  expect(second).not.toBe(first);
  await page.goto(`${demonstration.origin()}/models/${second}`);
  await act(page, 'Make it a shadow…', 'Make it a shadow', 'it knows the autumn');
  await act(page, 'Propose as champion…', 'Propose as champion', 'the other has drifted');
  expect(await stateOf(second)).toBe('SHADOW');
  expect(await approveAll(await secondPerson(demonstration.api(), demonstration.origin()))).toBe(1);
  await page.getByText('It became champion').waitFor();
  expect(await stateOf(second)).toBe('CHAMPION');
  await page.getByRole('link', { name: 'Compare with its parent' }).click();
  await page.getByText('Their rows differ').waitFor();
  await page.context().close();
});

test('its strategy recommends, a person approves, and the order is sent', WITH_PLAY, async () => {
  const page = await demonstration.open(`/models/${second}`);
  // While time stands still, the gate takes an equal order of another strategy for the same one sent twice.
  await disableStrategies(demonstration.api());
  await startStrategy(page, 'Autumn', 'Recommend');
  await page.goto(`${demonstration.origin()}/approvals`);
  await playAt(STILL);
  const card = page.getByRole('article', { name: /recommended by Autumn/ }).first();
  for (let day = 0; (await card.count()) === 0; day += 1) {
    expect(day, 'days without a recommendation').toBeLessThan(DAYS_MOST);
    await playOneDay();
    await page.waitForTimeout(DECIDED_MS);
  }
  await playPastTheOpen();
  await card.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve and send' }).click();
  const refusal = page.getByRole('dialog').getByRole('alert');
  await page
    .getByText(/^Sent: /)
    .or(refusal)
    .first()
    .waitFor();
  expect(await refusal.allInnerTexts()).toEqual([]);
  await playAt(SLOW);
  const order = await eventually('its order at the exchange', async () => {
    const { orders } = await demonstration
      .api()
      .query<{ orders: { edges: { node: { strategyName: string | null; state: string; symbol: string } }[] } }>(
        '{ orders(first: 50) { edges { node { strategyName state symbol } } } }',
      );
    return orders.edges.map(({ node }) => node).find((one) => one.strategyName === 'Autumn' && one.state !== 'DENIED');
  });
  expect(order.symbol).toBe('SPX');
  await page.context().close();
});

test('every page of models, dark and light, desktop and phone', async () => {
  const pages = {
    models: '/models',
    form: `/models?parent=${first}`,
    model: `/models/${first}`,
    compare: `/models/compare?models=${first},${second}`,
  };
  for (const [device, viewport] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ] as const) {
    const page = await demonstration.open('/', viewport);
    for (const [name, path] of Object.entries(pages)) {
      await openPlace(page, demonstration.origin(), path);
      await page.getByText('SPX').first().waitFor();
      for (const theme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await page.screenshot({ path: screenshot(`${name}-${theme}-${device}`), fullPage: name !== 'form' });
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow, `${path} on a ${device} must not scroll sideways`).toBeLessThanOrEqual(0);
    }
    await page.context().close();
  }
});

test('the browser complained of nothing', () => {
  expect(demonstration.complaints).toEqual([]);
});
