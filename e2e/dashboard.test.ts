import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { FIXED_PLACES, openPlace } from './every-page.ts';
import type { Place } from './every-page.ts';
import { approveAll, eventually, run, secondPerson } from './product.ts';

const SPEED = ['--speed', '240'];

let demonstration: Demonstration;

beforeAll(async () => {
  demonstration = await openDemonstration(SPEED);
});
afterAll(() => demonstration.close());

const equityOn = async (page: Page): Promise<string> =>
  (await page.getByLabel('Account', { exact: true }).locator('strong').first().textContent()) ?? '';

async function filledOrders(): Promise<number> {
  const answer = await demonstration
    .api()
    .query<{ orders: { totalCount: number } }>('{ orders(first: 1, filter: { group: "filled" }) { totalCount } }');
  return answer.orders.totalCount;
}

describe('the dashboard in a real browser', () => {
  test('without a log-in it says how to get in, and shows nothing', async () => {
    const context = await demonstration.browser.newContext();
    const page = await context.newPage();
    await page.goto(demonstration.origin());
    await page
      .getByText(/log in|logged out|log-in/i)
      .first()
      .waitFor();
    expect(await page.getByLabel('Account', { exact: true }).count()).toBe(0);
    await context.close();
  });

  test('equity and orders change without a reload', async () => {
    const page = await demonstration.open('/');
    await page.getByLabel('Account', { exact: true }).waitFor();
    await eventually('a filled order', async () => ((await filledOrders()) > 0 ? true : undefined), 60_000);
    const before = await equityOn(page);
    await eventually('another equity', async () => ((await equityOn(page)) === before ? undefined : true), 60_000);
    expect(before).toMatch(/^\$[\d,]+\.\d{2}$/);

    const orders = await demonstration.open('/orders');
    const rows = orders.locator('tbody tr');
    await rows.first().waitFor();
    const seen = (await rows.allTextContents()).join('|');
    await eventually('another list of orders', async () => ((await rows.allTextContents()).join('|') === seen ? undefined : true), 90_000);
    await page.context().close();
    await orders.context().close();
  });

  test('a backtest from the form, and its report', async () => {
    const page = await demonstration.open('/runs');
    await page
      .getByRole('button', { name: /backtest/i })
      .first()
      .click();
    await page.getByLabel('Symbol').selectOption('AAPL');
    await page.getByRole('button', { name: /^Run on AAPL/ }).click();
    const report = page.getByRole('link', { name: /report/i }).first();
    await report.waitFor({ timeout: 60_000 });
    const href = (await report.getAttribute('href')) ?? '';
    await page.goto(new URL(href, demonstration.origin()).href);
    await page
      .getByText(/Sharpe/)
      .first()
      .waitFor();
    expect(await page.locator('svg').count()).toBeGreaterThan(2);
    await page.screenshot({ path: screenshot('report'), fullPage: true });
    await page.context().close();
  });

  test('a sweep from the form, how lucky its best set is, and the backtest of a set', async () => {
    const page = await demonstration.open('/research?new');
    await page.getByLabel('Strategy').selectOption('sma-crossover');
    await page.getByLabel('Symbol').selectOption('AAPL');
    await page.getByRole('textbox', { name: /^fast/ }).fill('5..25');
    await page.getByRole('textbox', { name: /^slow/ }).fill('30..100:10');
    await page.getByText('168 sets on').waitFor();
    await page.getByRole('button', { name: /^Sweep on AAPL/ }).click();
    await page.getByText(/168 sets were tried|sets were tried on these bars/).waitFor({ timeout: 60_000 });
    const map = page.getByRole('group', { name: /Sharpe ratio by fast and slow/ });
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText(/fast 6/).waitFor();
    await page.screenshot({ path: screenshot('sweep'), fullPage: true });
    const best = await page.locator('tbody tr').first().locator('td').allTextContents();
    await page.getByRole('button', { name: 'Backtest' }).first().click();
    await page.waitForURL(/\/runs\//);
    const sharpe = page.getByLabel('Headline').getByText(best[2] ?? 'no figure', { exact: true });
    await sharpe.waitFor({ timeout: 60_000 });
    await page.getByRole('region', { name: 'AAPL price' }).getByRole('figure').first().waitFor();
    await page.getByRole('table', { name: 'Returns by month and year' }).waitFor();
    await page.context().close();
  });

  test('a walk-forward from the form, its windows and its joined curve, and a set that is adopted as a draft', async () => {
    const page = await demonstration.open('/research?kind=walk-forwards&new');
    await page.getByLabel('Strategy').selectOption('sma-crossover');
    await page.getByLabel('Symbol').selectOption('AAPL');
    await page.getByRole('textbox', { name: /^fast/ }).fill('5..25:5');
    await page.getByRole('textbox', { name: /^slow/ }).fill('30..100:10');
    await page.getByText('40 sets in each of 6 windows').waitFor();
    await page.getByRole('button', { name: /^Walk forward on AAPL/ }).click();
    const strip = page.getByRole('figure', { name: /Sharpe ratio of each window/ });
    await strip.waitFor({ timeout: 60_000 });
    await page.getByText(/sets were tried on these bars/).waitFor();
    await page.getByRole('figure', { name: /Out of sample equity/ }).waitFor();
    await strip.getByRole('group').focus();
    await page.keyboard.press('Home');
    // The first window trades what its first row says.
    const first = page.getByLabel('Chosen sets').locator('tbody tr').last();
    const [traded = '', chosen = ''] = await first.locator('td').allTextContents();
    await strip.getByText(traded.trim()).waitFor();
    await strip.getByText(chosen.trim()).waitFor();
    await page.screenshot({ path: screenshot('walk-forward'), fullPage: true });

    const phone = await demonstration.open(new URL(page.url()).pathname, PHONE, 'light');
    await phone.getByRole('figure', { name: /Sharpe ratio of each window/ }).waitFor();
    expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    await phone.context().close();

    await first.getByRole('button', { name: 'Adopt' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Walked');
    await page.getByRole('button', { name: 'Create the draft' }).click();
    await page.waitForURL(/\/strategies\//);
    const { strategies } = await demonstration.api().query<{
      strategies: { edges: { node: { name: string; state: string; parameters: { name: string; value: string }[] } }[] };
    }>('{ strategies { edges { node { name state parameters { name value } } } } }');
    const adopted = strategies.edges.find(({ node }) => node.name === 'Walked')?.node;
    expect(adopted?.state).toBe('DRAFT');
    for (const pair of chosen.trim().split(', ')) {
      const [name, value] = pair.split(' ');
      expect(adopted?.parameters).toContainEqual({ name, value });
    }
    await page.context().close();
  });

  test('marked runs are compared with one cursor, and the address is enough to come back', async () => {
    for (const fast of ['10', '20']) {
      const started = await demonstration.api().query<{ runBacktest: { run: { id: string } } }>(`mutation {
        runBacktest(input: { template: "sma-crossover", symbol: "SPX", parameters: [{ name: "fast", value: "${fast}" }] }) { ... on RunPayload { run { id } } }
      }`);
      const id = started.runBacktest.run.id;
      const stateOf = async () => (await demonstration.api().query<{ run: { state: string } }>(`{ run(id: "${id}") { state } }`)).run.state;
      await eventually('a run that is done', async () => ((await stateOf()) === 'DONE' ? true : undefined), 60_000);
    }
    const page = await demonstration.open('/runs');
    for (const which of [0, 1]) await page.getByRole('checkbox').nth(which).check();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByText('Parameters that differ: fast.').waitFor();
    const again = await demonstration.open(new URL(page.url()).pathname + new URL(page.url()).search, PHONE, 'light');
    await again.getByText('Parameters that differ: fast.').waitFor();
    expect(await again.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    const chart = page.getByRole('figure', { name: /Total return and drawdown/ });
    await chart.getByRole('group').focus();
    await page.keyboard.press('Home');
    await chart.getByText('3 Jan 2000').waitFor();
    await chart.getByRole('button', { name: /numbers as a table/ }).click();
    expect(await chart.locator('tbody tr').count()).toBe(500);
    await page.context().close();
    await again.context().close();
  });

  test('an order that risks too much is denied with its figures, and shown', async () => {
    const denied = await demonstration.api().query<{
      placeOrder: {
        __typename: string;
        denials?: { code: string; limit: string; actual: string }[];
        order?: { id: string; state: string };
      };
    }>(
      `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename
        ... on OrderDeniedError { denials { code limit actual } order { id state } } ... on InvalidInputError { message } } }`,
      { input: { idempotencyKey: 'too-much', symbol: 'SYNA', side: 'BUY', quantity: '100000' } },
    );
    expect(denied.placeOrder.__typename).toBe('OrderDeniedError');
    const codes = denied.placeOrder.denials?.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['OrderRisk', 'OrderNotional', 'Concentration']));
    expect(denied.placeOrder.denials?.every(({ limit, actual }) => limit !== '' && actual !== '')).toBe(true);

    const page = await demonstration.open('/orders');
    await page
      .getByText(/denied/i)
      .first()
      .click();
    await page.getByText('OrderRisk').first().waitFor();
    await page.context().close();
    const journal = await demonstration
      .api()
      .query<{ journal: { edges: { node: { kind: string } }[] } }>(
        'query($about: String) { journal(first: 20, about: $about) { edges { node { kind } } } }',
        { about: denied.placeOrder.order?.id },
      );
    expect(journal.journal.edges.map(({ node }) => node.kind)).toContain('OrderChanged');
  });

  test('a symbol is denied from Controls at once, nothing of it is opened, and letting it go takes two', async () => {
    const page = await demonstration.open('/controls');
    const dialog = page.getByRole('dialog');
    const change = async (symbols: string, says: RegExp, does: string): Promise<void> => {
      await page.getByRole('button', { name: 'Change denied symbols' }).click();
      await dialog.getByLabel('Symbols').fill(symbols);
      await dialog.getByText(says).waitFor();
      await dialog.getByLabel(/Reason/).fill('its exchange is silent');
      await dialog.getByRole('button', { name: does }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await change('synf', /^This adds SYNF\. It lets less through, and holds at once\.$/, 'Set it');
    const card = page.getByRole('region', { name: 'Symbols' });
    await page.getByText('Denied symbols: it adds SYNF.').waitFor();
    await card.getByText('SYNF', { exact: true }).waitFor();
    await page.screenshot({ path: screenshot('controls-symbols'), fullPage: true });
    const { placeOrder } = await demonstration
      .api()
      .query<{ placeOrder: { denials?: { code: string }[] } }>(
        'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { ... on OrderDeniedError { denials { code } } } }',
        { input: { idempotencyKey: 'paused', symbol: 'SYNF', side: 'BUY', quantity: '1' } },
      );
    expect(placeOrder.denials?.map(({ code }) => code)).toContain('RestrictedSymbol');
    await change('', /^This takes out SYNF\. It lets more through/, 'Propose it');
    expect(await approveAll(await secondPerson(demonstration.api(), demonstration.origin(), 'Sylvia'))).toBe(1);
    await card.getByText('No symbol is denied.').waitFor();
    await page.context().close();
  });

  test('the kill switch from a phone: no further entry, kept over kill -9, released by two', async () => {
    const resting = await placeResting();
    expect((await orderCounts()).working).toBeGreaterThan(0);
    const phone = await demonstration.open('/', PHONE, 'dark');
    await phone.getByRole('button', { name: 'Kill switch' }).click();
    const dialog = phone.getByRole('dialog');
    await dialog.getByLabel(/Reason/).fill('drill from a phone');
    await phone.screenshot({ path: screenshot('kill-switch-phone') });
    await dialog
      .getByRole('button', { name: /freeze/i })
      .last()
      .click();
    await eventually('frozen', async () => ((await tradingState()) === 'FROZEN' ? true : undefined));
    await eventually('the resting order is cancelled', async () => ((await stateOf(resting)) === 'CANCELED' ? true : undefined));
    // The strategies' own orders are cancelled with it, each when the exchange says so.
    await eventually('nothing works', async () => ((await orderCounts()).working === 0 ? true : undefined));
    const { filled } = await orderCounts();
    await phone.context().close();

    expect(await demonstration.server().stop('SIGKILL')).toBeNull();
    await demonstration.resume(SPEED);
    expect(await tradingState()).toBe('FROZEN');
    await marketDays(15);
    expect((await orderCounts()).filled).toBe(filled);

    const page = await demonstration.open('/', PHONE, 'dark');
    await page.getByRole('button', { name: 'Release' }).first().click();
    const release = page.getByRole('dialog').getByRole('button', { name: /^Propose/ });
    expect(await release.isDisabled()).toBe(true);
    await page
      .getByRole('dialog')
      .getByLabel(/Reason/)
      .fill('drill is over');
    await release.click();
    const second = await secondPerson(demonstration.api(), demonstration.origin());
    await eventually('proposed and approved', async () => ((await approveAll(second)) === 1 ? true : undefined));
    await eventually('active again', async () => ((await tradingState()) === 'ACTIVE' ? true : undefined));
    await page.context().close();
  });

  test('the page survives a restart of the server', async () => {
    const { port } = new URL(demonstration.origin());
    const page = await demonstration.open('/');
    await page.getByLabel('Account', { exact: true }).waitFor();
    expect(await demonstration.server().stop('SIGTERM')).toBe(0);
    await demonstration.resume(SPEED, port);
    const before = await equityOn(page);
    await eventually('fresh figures', async () => ((await equityOn(page)) === before ? undefined : true), 60_000);
    await page.context().close();
  });

  test('every page, dark and light, desktop and phone', async () => {
    const { strategies } = await demonstration
      .api()
      .query<{ strategies: { edges: { node: { id: string } }[] } }>('{ strategies(first: 1) { edges { node { id } } } }');
    const { runs } = await demonstration
      .api()
      .query<{ runs: { edges: { node: { id: string } }[] } }>('{ runs(first: 1) { edges { node { id } } } }');
    const all: readonly Place[] = [
      ...FIXED_PLACES,
      { name: 'strategies-detail', path: `/strategies/${strategies.edges[0]?.node.id ?? ''}` },
      { name: 'runs-detail', path: `/runs/${runs.edges[0]?.node.id ?? ''}` },
    ];
    for (const [device, viewport] of [
      ['desktop', DESKTOP],
      ['phone', PHONE],
    ] as const) {
      const page = await demonstration.open('/', viewport);
      for (const { name, path } of all) {
        await openPlace(page, demonstration.origin(), path);
        for (const theme of ['dark', 'light'] as const) {
          await page.emulateMedia({ colorScheme: theme });
          await page.screenshot({ path: screenshot(`${name.replaceAll('/', '-')}-${theme}-${device}`) });
        }
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(overflow, `${path} on a ${device} must not scroll sideways`).toBeLessThanOrEqual(0);
      }
      await page.context().close();
    }
  });

  test('GraphiQL runs a query, with nothing from elsewhere', async () => {
    const page = await demonstration.open('/graphql', DESKTOP, 'light');
    await page
      .getByRole('button', { name: /execute/i })
      .first()
      .click();
    await page.getByText('"SIMULATED"').first().waitFor();
    await page.screenshot({ path: screenshot('graphiql') });
    await page.context().close();
  });

  test('a run’s own command reproduces it', async () => {
    const { runs } = await demonstration.api().query<{
      runs: { edges: { node: { command: string; dataHash: string; version: string; metrics: { name: string; value: number }[] } }[] };
    }>('{ runs(first: 1) { edges { node { command dataHash version metrics { name value } } } } }');
    const recorded = runs.edges[0]?.node;
    expect(await demonstration.server().stop('SIGTERM')).toBe(0);
    const words = (recorded?.command ?? '').split(' ').slice(2);
    const again = await run([...words, '--data-dir', demonstration.folder, '--json']);
    expect(again.code, again.err).toBe(0);
    const result = JSON.parse(again.out) as { strategy: { version: string }; data: { hash: string }; metrics: { finalEquity: number } };
    expect(result.data.hash).toBe(recorded?.dataHash);
    expect(result.strategy.version).toBe(recorded?.version);
    expect(result.metrics.finalEquity).toBe(recorded?.metrics.find(({ name }) => name === 'finalEquity')?.value);
  });

  test('the browser complained of nothing', () => {
    const restarts = /ERR_CONNECTION|WebSocket connection|Failed to fetch|net::ERR|401/;
    expect(demonstration.complaints.filter((text) => !restarts.test(text))).toEqual([]);
  });
});

async function tradingState(): Promise<string> {
  const answer = await demonstration.api().query<{ overview: { tradingState: string } }>('{ overview { tradingState } }');
  return answer.overview.tradingState;
}

/** Waits until the market has come so many days further: on each of them the strategies would have decided. */
async function marketDays(count: number): Promise<void> {
  const asOf = async (): Promise<number> =>
    Date.parse((await demonstration.api().query<{ overview: { asOf: string } }>('{ overview { asOf } }')).overview.asOf);
  const until = (await asOf()) + count * 86_400_000;
  await eventually(`${count} days of the market`, async () => ((await asOf()) >= until ? true : undefined), 60_000);
}

async function orderCounts(): Promise<{ working: number; filled: number }> {
  const answer = await demonstration.api().query<{ overview: { workingOrders: number } }>('{ overview { workingOrders } }');
  return { working: answer.overview.workingOrders, filled: await filledOrders() };
}

async function stateOf(id: string): Promise<string> {
  const answer = await demonstration.api().query<{ order: { state: string } }>('query($id: ID!) { order(id: $id) { state } }', { id });
  return answer.order.state;
}

/** A limit order at half the market's price: it waits at the exchange until it is cancelled. */
async function placeResting(): Promise<string> {
  const { series } = await demonstration
    .api()
    .query<{ series: { bars: { c: number }[] } }>('{ series(symbol: "SYND", last: 1) { bars { c } } }');
  const limitPrice = ((series.bars.at(-1)?.c ?? 0) / 2).toFixed(2);
  const id = await eventually('the order is let in: not in the first and last minutes of a session', async () => {
    const { placeOrder } = await demonstration
      .api()
      .query<{ placeOrder: { order?: { id: string } } }>(
        'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { ... on OrderPayload { order { id } } } }',
        {
          input: {
            idempotencyKey: randomUUID(),
            symbol: 'SYND',
            side: 'BUY',
            quantity: '1',
            type: 'LIMIT',
            timeInForce: 'GTC',
            limitPrice,
          },
        },
      );
    return placeOrder.order?.id;
  });
  await eventually('the order rests at the exchange', async () => (['ACCEPTED', 'WORKING'].includes(await stateOf(id)) ? true : undefined));
  return id;
}
