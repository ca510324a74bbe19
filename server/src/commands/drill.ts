import type { Command } from 'commander';
import { describeChannels } from '../alerts/channel-settings.ts';
import type { DrillStep } from './drill/rehearse.ts';
import { KEY_VARIABLE, originOf } from './server-access.ts';
import { readAlertSettings } from './settings/alert-rules.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly server?: string;
  readonly symbol: string;
  readonly json?: boolean;
}

/** A step went otherwise than it should, and the lines on stdout say which. */
export class DrillFailed extends Error {
  override readonly name = 'DrillFailed';
}

const STEP_WIDTH = 34;

const lineOf = ({ step, ok, ms, detail }: DrillStep): string =>
  `${ok ? 'ok  ' : 'FAIL'}  ${step.padEnd(STEP_WIDTH)}  ${String(ms).padStart(6)} ms  ${detail}\n`;

async function drill(options: Options, terminal: Terminal, version: string): Promise<void> {
  const { rehearse } = await import('./drill/rehearse.ts');
  const taken: DrillStep[] = [];
  const onStep = (step: DrillStep): void => {
    taken.push(step);
    if (options.json !== true) terminal.out.write(lineOf(step));
  };
  const stem = `drill-${Date.now()}`;
  let ok: boolean;
  if (options.server !== undefined) {
    const origin = originOf(options.server);
    const key = terminal.environment[KEY_VARIABLE];
    if (key === undefined)
      throw new UsageError(`${KEY_VARIABLE} is not set: the drill needs a key with the role trader, made on the page People`);
    const { deskApi } = await import('./desk-api.ts');
    ok = await rehearse({ api: deskApi(origin, { authorization: `Bearer ${key}` }), symbol: options.symbol, stem, onStep });
  } else {
    const alerts = await readAlertSettings(terminal.environment);
    terminal.err.write(`A server of its own over a simulated exchange; alerts go: ${describeChannels(alerts)}\n`);
    const { openThrowAway } = await import('./drill/throw-away.ts');
    const report = (what: string, error: unknown): void =>
      void terminal.err.write(`${what}: ${error instanceof Error ? error.message : ''}\n`);
    const world = await openThrowAway(alerts, version, report);
    try {
      ok = await rehearse({ ...world, stem, onStep });
    } finally {
      await world.close();
    }
  }
  if (options.json === true) terminal.out.write(`${JSON.stringify({ ok, steps: taken })}\n`);
  if (!ok)
    throw new DrillFailed(
      `The drill failed at: ${taken
        .filter((step) => !step.ok)
        .map(({ step }) => step)
        .join(', ')}`,
    );
}

export function addDrill(program: Command, terminal: Terminal, version: string): void {
  program
    .command('drill')
    .description('Rehearse the kill switch: orders, kill, cancels, alerts on every channel; on paper or simulated accounts only')
    .option('--server <url>', 'a running server of a paper or simulated account; a server of its own for the drill where absent')
    .option('--symbol <symbol>', 'with --server: what the orders are for', 'AAPL')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark drill
  ${KEY_VARIABLE}=tmk_… tidemark drill --server http://127.0.0.1:4000 --symbol SPY

Prints each step with its time. With --server every open order of that account is cancelled and trading stays FROZEN afterwards, until two people
release it. A live account is refused. Alert channels are those of the server; without --server those of the environment. Exit code 1: a step failed.`,
    )
    .action((options: Options) => drill(options, terminal, version));
}
