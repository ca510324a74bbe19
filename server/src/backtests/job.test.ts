import { parseBacktestFlags } from '@tidemark/compute';
import type { BacktestFlags } from '@tidemark/compute';
import type { BacktestLimits, BacktestOptions } from '@tidemark/compute/types';
import { Command } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_BACKTEST_LIMITS, DEFAULT_BACKTEST_OPTIONS } from '../../../compute/host/backtest-options.ts';
import { addBacktestFlags } from '../commands/backtest.ts';
import { commandOf } from './job.ts';
import type { BacktestJob } from './job.ts';

const job = (options: BacktestOptions): BacktestJob => ({
  module: {
    wasm: new Uint8Array(),
    version: 'ab'.repeat(32),
    description: { name: 'x', title: 'X', description: '', parameters: [], abi: 2 },
  },
  strategyName: 'x',
  strategyFlag: 'x',
  parameters: { fast: 5 },
  symbol: 'ALDR',
  from: undefined,
  to: undefined,
  options,
});

/** The words of a command line as a shell gives them: what stands in single quotes is one. */
const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** The options that a person gets who pastes the command. */
function pasted(command: string): BacktestOptions {
  const [npx, tidemark, backtest, ...words] = wordsOf(command);
  expect([npx, tidemark, backtest]).toEqual(['npx', 'tidemark', 'backtest']);
  const parser = addBacktestFlags(new Command().exitOverride()).option('--strategy <name>').option('--symbols <list>');
  return parseBacktestFlags(parser.parse(words, { from: 'user' }).opts<BacktestFlags>()).options;
}

const rate = fc.constantFrom(0, 0.01, -0.005, 1e-7);
const limit = fc.constantFrom(null, 0, 0.1, 25_000);
const limits: fc.Arbitrary<BacktestLimits> = fc
  .tuple(...Object.keys(DEFAULT_BACKTEST_LIMITS).map((name) => limit.map((value) => [name, value] as const)))
  .map((entries) => ({ ...DEFAULT_BACKTEST_LIMITS, ...Object.fromEntries(entries) }));
const options: fc.Arbitrary<BacktestOptions> = fc.record({
  cash: fc.constantFrom(100_000, 5_000.5),
  commissionRate: fc.constantFrom(0, 0.001, 0.0005),
  commissionFixed: fc.constantFrom(0, 1),
  commissionPerUnit: fc.constantFrom(0, 0.005),
  commissionMinimum: fc.constantFrom(0, 1),
  regulatoryFees: fc.boolean(),
  slippageBps: fc.constantFrom(0, 2.5),
  fill: fc.constantFrom('next-open' as const, 'same-close' as const, 'spread' as const, 'volume-share' as const, 'square-root' as const),
  spreadBps: fc.constantFrom(0, 4),
  volumeLimit: fc.constantFrom(0.025, 0.1),
  impact: fc.constantFrom(0.1, 0, 1),
  size: fc.constantFrom<BacktestOptions['size']>(
    { kind: 'all' },
    { kind: 'units', units: 10 },
    { kind: 'equity', fraction: 0.5, at: 'fill' },
  ),
  wholeUnits: fc.boolean(),
  unaffordable: fc.constantFrom('refuse' as const, 'reduce' as const),
  protectiveFrom: fc.constantFrom('entry-bar' as const, 'next-bar' as const),
  periodsPerYear: fc.constantFrom(252, 365),
  leverage: fc.constantFrom(null, 2, 0.5),
  maintenance: fc.constantFrom(0.25, 0.3),
  borrowRate: rate,
  cashRate: rate,
  debitRate: rate,
  risk: fc.option(limits, { nil: null }),
  seed: fc.constantFrom(0, 7),
});

test('whoever pastes the command of a run gets its options, every one', () => {
  fc.assert(
    fc.property(options, (each) => {
      expect(pasted(commandOf(job(each)))).toEqual(each);
    }),
  );
});

test('what is as the command assumes it anyway is not said', () => {
  expect(commandOf(job(DEFAULT_BACKTEST_OPTIONS))).toBe(
    'npx tidemark backtest --strategy x --symbols ALDR --param fast=5 --cash 100000 --commission-rate 0.001 --fill next-open --size all',
  );
});
