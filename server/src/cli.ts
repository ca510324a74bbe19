import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addApply, addExport } from './commands/apply.ts';
import { addBackup, addRestore } from './commands/backup.ts';
import { addBacktest } from './commands/backtest.ts';
import { addFetch, addImport } from './commands/bars.ts';
import { addCompile } from './commands/compile.ts';
import { addDashboard } from './commands/dashboard.ts';
import { addExchange } from './commands/exchange.ts';
import { addDrill } from './commands/drill.ts';
import { addDoctor } from './commands/doctor.ts';
import { explain, readerLeft } from './commands/failures.ts';
import { addIndicators } from './commands/indicators.ts';
import { addKeys } from './commands/keys.ts';
import { addOptimise } from './commands/optimise.ts';
import { addMcp } from './commands/mcp.ts';
import { addModels } from './commands/models.ts';
import { addOptions } from './commands/options.ts';
import { addPeople } from './commands/people.ts';
import { addPredict } from './commands/predict.ts';
import { addReplay } from './commands/replay.ts';
import { addReport } from './commands/report.ts';
import { addServe } from './commands/serve.ts';
import { addSimulate } from './commands/simulate.ts';
import { addStress } from './commands/stress.ts';
import { addVerify } from './commands/verify.ts';
import { addSweep } from './commands/sweep.ts';
import { addWorker } from './commands/worker.ts';
import { addWalkForward } from './commands/walk-forward.ts';
import { addDataset } from './commands/dataset.ts';
import { addTrain } from './commands/train.ts';
import { EndsWith } from './commands/usage.ts';
import type { Terminal } from './commands/usage.ts';

const EXIT_FAILED = 1;
const EXIT_WRONG_USAGE = 2;

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}

/** The whole command line; nothing runs yet. */
export function build(terminal: Terminal): Command {
  const program = new Command('tidemark')
    .description('A self-hosted quantitative trading platform: the strategy you tested is, byte for byte, the strategy that trades.')
    .version(version())
    .showHelpAfterError('Run with --help to see what it takes.')
    .exitOverride();
  addServe(program, terminal, version());
  addWorker(program, terminal, version());
  addImport(program, terminal);
  addFetch(program, terminal);
  addOptions(program, terminal);
  addIndicators(program, terminal);
  addCompile(program, terminal);
  addBacktest(program, terminal);
  addSweep(program, terminal);
  addOptimise(program, terminal);
  addWalkForward(program, terminal);
  addStress(program, terminal);
  addDataset(program, terminal);
  addTrain(program, terminal, version());
  addPredict(program, terminal);
  addModels(program, terminal);
  addReport(program, terminal, version());
  addExchange(program, terminal);
  addSimulate(program, terminal);
  addVerify(program, terminal);
  addReplay(program, terminal);
  addBackup(program, terminal);
  addRestore(program, terminal);
  addPeople(program, terminal);
  addKeys(program, terminal);
  addExport(program, terminal);
  addApply(program, terminal);
  addDashboard(program, terminal);
  addMcp(program, terminal);
  addDrill(program, terminal, version());
  addDoctor(program, terminal, version());
  for (const command of program.commands) command.exitOverride().showHelpAfterError('Run with --help to see what it takes.');
  return program;
}

/** Runs one command; gives the exit code: 0 done, 1 failed, 2 wrong usage; a command may have one of its own. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await build(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG_USAGE;
    if (readerLeft(error)) return 0;
    if (error instanceof EndsWith) return error.code;
    terminal.err.write(`tidemark: ${explain(error)}\n`);
    return error instanceof Error && error.name === 'UsageError' ? EXIT_WRONG_USAGE : EXIT_FAILED;
  }
}

if (import.meta.main) {
  // A reader that went away (`tidemark … | head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exitCode = 0;
  });
  process.exitCode = await main(process.argv.slice(2), {
    out: process.stdout,
    err: process.stderr,
    input: process.stdin,
    environment: process.env,
  });
}
