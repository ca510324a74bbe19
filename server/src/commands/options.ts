import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { isExpiration } from '../instruments/option-contract.ts';
import { parseSymbols } from './usage.ts';
import type { Terminal } from './usage.ts';

export interface OptionsCommand {
  readonly symbol: string;
  readonly expiration?: string;
  readonly near: number;
  readonly rate: number;
  readonly dividendYield: number;
  readonly exchange?: string;
  readonly exchangeUrl?: string;
  readonly json?: boolean;
}

function parseUnderlying(text: string): string {
  const [symbol = '', ...others] = parseSymbols(text);
  if (others.length > 0) throw new InvalidArgumentError('One underlying at a time, like AAPL.');
  return symbol;
}

function parseExpiration(text: string): string {
  if (!isExpiration(text)) throw new InvalidArgumentError(`"${text.slice(0, 20)}" is not a date of expiration, like 2024-01-19.`);
  return text;
}

function parseYearly(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= -0.5 && value <= 1)) throw new InvalidArgumentError('A yearly rate is from -0.5 to 1; 0.04 is 4 %.');
  return value;
}

function parseNear(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 200) throw new InvalidArgumentError('The number of strikes on each side is from 0 to 200.');
  return value;
}

export function addOptions(program: Command, terminal: Terminal): void {
  program
    .command('options')
    .description('Print an option chain from the provider: quotes, implied volatility and greeks, computed where the feed has none')
    .requiredOption('--symbol <symbol>', 'the underlying, like AAPL', parseUnderlying)
    .option('--expiration <date>', 'New York date; the first one after today where absent', parseExpiration)
    .option('--near <n>', 'strikes on each side of the money', parseNear, 10)
    .option('--rate <r>', 'interest rate assumed: continuously compounded, per year', parseYearly, 0.04)
    .option('--dividend-yield <q>', 'dividend yield assumed of the underlying', parseYearly, 0)
    .option('--exchange <name>', 'simulated or alpaca-paper; alpaca-paper where keys are set')
    .option('--exchange-url <url>', 'a simulated exchange that runs elsewhere (see tidemark exchange)')
    .option('--json', 'print all fields, with the receipts of what was computed')
    .addHelpText(
      'after',
      `
Marks: * computed by Tidemark; without it the figure is the feed's. A dash is no value; --json says why.

Examples:
  tidemark options --symbol AAPL
  tidemark options --symbol AAPL --expiration 2018-06-15 --near 5 --json
  APCA_API_KEY_ID=… APCA_API_SECRET_KEY=… tidemark options --symbol SPY --dividend-yield 0.013`,
    )
    .action(async (options: OptionsCommand) => {
      const { printChain } = await import('./option-chain.ts');
      await printChain(options, terminal);
    });
}
