import type { Page } from 'playwright-core';
import { DESKTOP } from './browser.ts';
import { openDemonstration } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { importHalfHours } from './long-bars.ts';

/** Where the venue begins to play: the bars after it come while one looks. */
const FROM = '2016-01-04';
const SYMBOL = 'AAPL';

export interface LongChart {
  readonly demonstration: Demonstration;
  /** Of the strategy's page. */
  readonly path: string;
}

/** The product with so many bars of half an hour before the venue's first day and so many days of them from it on, and a strategy that is drawn over them. */
export async function openLongChart(before: number, daysAfter: number, options: readonly string[]): Promise<LongChart> {
  const demonstration = await openDemonstration(['--from', FROM, ...options], {
    prepare: (folder) => importHalfHours(folder, { symbol: SYMBOL, until: Date.parse(FROM), before, daysAfter }),
    withWindows: true,
  });
  const { createStrategy } = await demonstration.api().query<{ createStrategy: { strategy?: { id: string }; message?: string } }>(
    `mutation { createStrategy(input: { template: "sma-crossover", name: "Half hours", symbols: ["${SYMBOL}"], timeframe: MIN30 }) {
        ... on StrategyPayload { strategy { id } } ... on Error { message } } }`,
  );
  if (createStrategy.strategy === undefined) throw new Error(`no strategy to look at: ${createStrategy.message ?? ''}`);
  return { demonstration, path: `/strategies/${createStrategy.strategy.id}` };
}

/** The page of the strategy with all of its bars loaded and in view. */
export async function openAllBars({ demonstration, path }: LongChart, colorScheme: 'dark' | 'light' = 'dark'): Promise<Page> {
  const page = await demonstration.open(path, DESKTOP, colorScheme);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByText(/ bars loaded, all there are/).waitFor({ timeout: 60_000 });
  return page;
}
