import { readFile } from 'node:fs/promises';
import { DEFAULT_BACKTEST_OPTIONS } from '@tidemark/compute';
import type { BacktestResult } from '@tidemark/compute/types';
import { z } from 'zod';
import { parseJsonFile } from './parse-file.ts';

const figure = z.number().nullable();
const instant = z.iso.datetime();

const size = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('units'), units: z.number() }),
  z.object({ kind: z.literal('equity'), fraction: z.number(), at: z.enum(['signal', 'fill']) }),
  z.object({ kind: z.literal('all') }),
]);

/** Every limit may be left out or `null`: it does not apply. */
const limit = figure.default(null);
const risk = z.object({
  orderRisk: limit,
  orderNotional: limit,
  orderWeight: limit,
  orderVolume: limit,
  minimumLiquidity: limit,
  minimumPrice: limit,
  concentration: limit,
  grossExposure: limit,
  netExposure: limit,
  capitalDeployed: limit,
  openPositions: limit,
  shortSale: limit,
  dailyLoss: limit,
  drawdown: limit,
});

/** Options that came later have defaults at which a run goes as it went before them. */
const options = z.object({
  cash: z.number(),
  commissionRate: z.number(),
  commissionFixed: z.number(),
  commissionPerUnit: z.number(),
  commissionMinimum: z.number().default(0),
  regulatoryFees: z.boolean().default(false),
  slippageBps: z.number(),
  fill: z.enum(['next-open', 'same-close', 'spread', 'volume-share', 'square-root']),
  spreadBps: z.number().default(0),
  volumeLimit: z.number().default(DEFAULT_BACKTEST_OPTIONS.volumeLimit),
  impact: z.number().default(DEFAULT_BACKTEST_OPTIONS.impact),
  size,
  wholeUnits: z.boolean(),
  unaffordable: z.enum(['refuse', 'reduce']),
  protectiveFrom: z.enum(['entry-bar', 'next-bar']).default('entry-bar'),
  periodsPerYear: z.number(),
  leverage: figure.default(null),
  maintenance: z.number().default(DEFAULT_BACKTEST_OPTIONS.maintenance),
  borrowRate: z.number().default(0),
  cashRate: z.number().default(0),
  debitRate: z.number().default(0),
  risk: risk.nullable().default(null),
  seed: z.number(),
});

const metrics = z.object({
  finalEquity: z.number(),
  totalReturn: z.number(),
  cagr: figure,
  volatility: figure,
  sharpe: figure,
  sortino: figure,
  calmar: figure,
  maxDrawdown: z.number(),
  trades: z.number(),
  winRate: figure,
  profitFactor: figure,
  expectancy: figure,
  payoff: figure,
  exposure: z.number(),
  turnover: figure,
  fees: z.number(),
  slippage: z.number(),
  orders: z.number(),
  financing: z.number().default(0),
  dividends: z.number().default(0),
});

const trade = z.object({
  symbol: z.string(),
  direction: z.enum(['long', 'short']),
  size: z.number(),
  entryBar: z.number(),
  entryTime: instant,
  entryPrice: z.number(),
  exitBar: figure,
  exitTime: instant.nullable(),
  exitPrice: figure,
  grossPnl: z.number(),
  commission: z.number(),
  status: z.enum(['closed', 'open']),
});

const price = figure.default(null);
const wish = z.object({
  time: instant,
  symbol: z.string(),
  exposure: figure,
  reason: z.string(),
  kind: z.enum(['target', 'market', 'limit', 'stop', 'stop-limit', 'trailing', 'cancel', 'protect']).default('target'),
  measure: z.enum(['exposure', 'weight', 'units', 'notional']).default('exposure'),
  amount: z.number().optional(),
  limit: price,
  stop: price,
  trail: price,
  trailFraction: price,
  stopLoss: price,
  takeProfit: price,
  orderId: z.number().default(0),
});
/** Runs of before orders hold exposures of targets only: those are their amounts. */
const decision = wish.transform(({ amount, ...rest }) => ({ ...rest, amount: amount ?? rest.exposure ?? 0 }));

/** What `backtest --json` prints. Fields of later versions pass through. */
const run = z.looseObject({
  strategy: z.object({
    name: z.string(),
    version: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
    parameters: z.record(z.string(), z.union([z.number(), z.string()])),
  }),
  data: z.object({ hash: z.string(), symbols: z.array(z.string()).min(1), from: instant, to: instant, bars: z.number() }),
  options,
  metrics,
  trades: z.array(trade),
  equity: z.array(z.object({ time: instant, equity: z.number() })).min(1),
  denials: z.array(z.object({ time: instant, code: z.string(), symbol: z.string(), limit: figure, actual: figure })),
  decisions: z.array(decision),
}) satisfies z.ZodType<BacktestResult>;

/** A file that does not hold what `backtest --json` prints: says which field is wrong. */
export class RunFileError extends Error {
  override readonly name = 'RunFileError';
}

/** Throws {@link RunFileError}. */
export const parseRun = (text: string, file: string): BacktestResult =>
  parseJsonFile(text, file, run, 'Give what tidemark backtest --json prints.', (why, cause) => new RunFileError(why, { cause }));

export async function readRun(file: string): Promise<BacktestResult> {
  return parseRun(await readFile(file, 'utf8'), file);
}
