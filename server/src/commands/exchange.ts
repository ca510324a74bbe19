import type { Command } from 'commander';
import type { ExchangeMode } from '../exchange/options.ts';
import type { Instant } from '../money/instant.ts';
import { untilStopped } from './signals.ts';
import { parsePort, parsePositive, parseTime, repeat, UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly port: number;
  readonly csv: readonly string[];
  readonly keyId?: string;
  readonly secret?: string;
  readonly speed: number;
  readonly from?: Instant;
  readonly mode: string;
  readonly dataDir?: string;
}

function parseMode(text: string): ExchangeMode {
  if (text === 'alpaca-paper' || text === 'realistic') return text;
  throw new UsageError(`--mode is "${text}"; it must be alpaca-paper or realistic`);
}

export function addExchange(program: Command, terminal: Terminal): void {
  program
    .command('exchange')
    .description('The simulated exchange alone: Alpaca’s REST under /v2 and streams under /stream and /v2/iex, on one port')
    .option('--port <port>', 'where to listen on loopback; 0 takes any free port', parsePort, 4100)
    .option('--csv <file>', 'bars to replay; repeatable; the sample bars where absent', repeat, [])
    .option('--key-id <id>', 'let only this key pair in; otherwise any pair is an account of its own')
    .option('--secret <secret>', 'the key’s secret')
    .option('--speed <n>', 'bars a minute of real time: 60 is one bar a second; 0 moves only by POST /sim/step', parsePositive, 60)
    .option('--from <time>', 'begin to play here; bars before it are history', parseTime)
    .option('--mode <mode>', 'alpaca-paper', 'alpaca-paper')
    .option('--data-dir <folder>', 'keep accounts, orders and the clock here over restarts')
    .addHelpText(
      'after',
      `
Examples:
  tidemark exchange
  tidemark exchange --csv AAPL.csv --from 2016-01-04 --speed 600
  tidemark exchange --port 0 --key-id test --secret test --data-dir .exchange`,
    )
    .action(async (options: Options) => {
      const mode = parseMode(options.mode);
      // From here on a signal stops it in order, however early it comes.
      const stopped = untilStopped();
      const { startExchange } = await import('../exchange/server.ts');
      const { openMarket } = await import('./exchange-market.ts');
      const exchange = await startExchange({
        ...(await openMarket(options.csv, options.from)),
        mode,
        port: options.port,
        speed: options.speed,
        keyId: options.keyId,
        secret: options.secret,
        dataDir: options.dataDir,
        onWarning: (message) => terminal.err.write(`exchange: ${message}\n`),
      });
      terminal.out.write(`The simulated exchange is up: ${exchange.url}\n`);
      await stopped;
      await exchange.close();
    });
}
