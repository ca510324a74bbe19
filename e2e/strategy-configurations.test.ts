import { afterAll, beforeAll, expect, test } from 'vitest';
import { PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

let demonstration: Demonstration;
let id: string;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '12']);
  const { createStrategy } = await demonstration
    .api()
    .query<{ createStrategy: { strategy: { id: string } } }>(
      'mutation { createStrategy(input: { template: "sma-crossover", name: "Tide", symbols: ["AAPL"], parameters: [{ name: "fast", value: "10" }] }) { ... on StrategyPayload { strategy { id } } } }',
    );
  ({ id } = createStrategy.strategy);
});
afterAll(() => demonstration.close());

const fast = async (): Promise<string | undefined> => {
  const { strategy } = await demonstration
    .api()
    .query<{ strategy: { parameters: { name: string; value: string }[] } }>(
      'query ($id: ID!) { strategy(id: $id) { parameters { name value } } }',
      {
        id,
      },
    );
  return strategy.parameters.find(({ name }) => name === 'fast')?.value;
};

test('what a strategy was given is shown with what changed, and an earlier configuration is put back', async () => {
  const page = await demonstration.open(`/strategies/${id}`);
  const card = page.getByRole('region', { name: 'Configurations' });
  await card.getByText('as it was created').waitFor();
  await page.getByRole('button', { name: 'Configure…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^fast/).fill('12');
  await dialog.getByRole('button', { name: 'Save configuration' }).click();
  await card.getByText('fast 10 → 12').waitFor();
  await page.getByRole('region', { name: 'Parameters' }).getByText('was 10').waitFor();
  await page.screenshot({ path: screenshot('strategy-configurations'), fullPage: true });

  await card.getByRole('row').filter({ hasText: 'created' }).getByRole('button', { name: 'Put back…' }).click();
  expect(await dialog.getByLabel(/^fast/).inputValue()).toBe('10');
  await dialog.getByText('Changes: fast 12 → 10').waitFor();
  await dialog.getByRole('button', { name: 'Save configuration' }).click();
  await card.getByText('fast 12 → 10').waitFor();
  expect(await fast()).toBe('10');
  // Another time it is what the strategy has now that is changed.
  await page.getByRole('button', { name: 'Configure…' }).click();
  expect(await dialog.getByLabel(/^fast/).inputValue()).toBe('10');
  await page.keyboard.press('Escape');

  await card.getByRole('button', { name: 'explain' }).click();
  await page.getByText('StrategyConfigured').first().waitFor();
  await page.context().close();
});

test('one that runs keeps what it has', async () => {
  const page = await demonstration.open(`/strategies/${id}`, PHONE);
  await page.getByRole('button', { name: 'Enable…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Enable on/ })
    .click();
  await page.getByRole('button', { name: 'Pause…' }).waitFor();
  const back = page.getByRole('region', { name: 'Configurations' }).getByRole('button', { name: 'Put back…' });
  expect(await back.count()).toBe(2);
  expect(await back.first().isDisabled()).toBe(true);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.screenshot({ path: screenshot('strategy-configurations-phone'), fullPage: true });
  await page.context().close();
});

test('Overview shows the total beside the open and the day’s; Health when a backup was made last', async () => {
  const page = await demonstration.open('/');
  const account = page.getByRole('region', { name: 'Account' });
  await account.getByText('Total P&L').waitFor();
  await page.screenshot({ path: screenshot('overview-total') });
  await page.goto(`${demonstration.origin()}/health`);
  await page.getByText('▲ never').waitFor();
  await page.getByText(/requests are left in this minute/).waitFor();
  await page.screenshot({ path: screenshot('health-backup') });
  await page.context().close();
  const phone = await demonstration.open('/', PHONE);
  await phone.getByText('Total P&L').first().waitFor();
  await phone.screenshot({ path: screenshot('overview-total-phone') });
  await phone.context().close();
  expect(demonstration.complaints).toEqual([]);
});

const PATIENT = `import { Parameter, Strategy, integer } from 'tidemark';

export default class Patient extends Strategy {
  private wait: Parameter = integer('wait', 20, 2, 200, 'Bars before it buys.');
  private seen: i32 = 0;

  constructor() {
    super('patient', 'Patient', 'Buys once, after some bars.');
  }

  onBar(symbol: i32): void {
    this.seen += 1;
    if (this.seen == this.wait.int) this.target(symbol, 1, 'waited');
  }
}
`;

test('a strategy of a source of one’s own runs from the form, with what was typed though the strategies are pushed meanwhile', async () => {
  const { createStrategy } = await demonstration.api().query<{ createStrategy: { message?: string; strategy?: { id: string } } }>(
    `mutation ($input: CreateStrategyInput!) { createStrategy(input: $input) {
      ... on Error { message } ... on StrategyPayload { strategy { id } } } }`,
    { input: { name: 'Patient', source: PATIENT, symbols: ['AAPL'] } },
  );
  expect(createStrategy.message).toBeUndefined();
  const own = createStrategy.strategy?.id ?? '';
  const page = await demonstration.open(`/runs?strategy=${own}`);
  const wait = page.getByRole('textbox', { name: /^wait/ });
  await wait.waitFor();
  expect(await wait.inputValue()).toBe('20');
  await wait.fill('33');
  await demonstration.api().query(`mutation ($input: ConfigureStrategyInput!) { configureStrategy(input: $input) { __typename } }`, {
    input: { id: own, parameters: [{ name: 'wait', value: '40' }], symbols: ['AAPL'], allocation: '0.1', size: 'equity:0.05' },
  });
  // Longer than a push is on its way.
  await page.waitForTimeout(1_500);
  expect(await wait.inputValue()).toBe('33');
  await page.getByRole('button', { name: /^Run on AAPL/ }).click();
  const run = await eventually('the run of it', async () => {
    const { runs } = await demonstration.api().query<{
      runs: { edges: { node: { strategyName: string; parameters: { name: string; value: string }[] } }[] };
    }>('{ runs(first: 5) { edges { node { strategyName parameters { name value } } } } }');
    return runs.edges.find(({ node }) => node.strategyName === 'Patient')?.node;
  });
  expect(run.parameters).toEqual([{ name: 'wait', value: '33' }]);
  await page.context().close();
});
