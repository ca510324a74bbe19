export interface BenchOptions {
  /** One JSON document on standard output, in place of tables. */
  readonly isJson: boolean;
  /** Writes docs/performance.md. */
  readonly writesDocs: boolean;
  /** Timed runs of each work, at most; `undefined` where each bench decides. */
  readonly rounds: number | undefined;
  /** Words of which the path of a bench holds one; none for all. */
  readonly wanted: readonly string[];
}

/** Reads the flags of `npm run bench`. Throws an Error that says what is wrong with them. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const wanted: string[] = [];
  let isJson = false;
  let writesDocs = false;
  let rounds: number | undefined;
  for (const arg of args) {
    const [, count] = /^--rounds=(.*)$/.exec(arg) ?? [];
    if (count !== undefined) rounds = parseRounds(count);
    else if (arg === '--json') isJson = true;
    else if (arg === '--write-docs') writesDocs = true;
    else if (arg.startsWith('-')) throw new Error(`There is no flag ${arg}; there are --json, --rounds=N and --write-docs`);
    else wanted.push(arg);
  }
  if (writesDocs && wanted.length > 0) throw new Error('--write-docs measures everything: leave the names of benches out');
  return { isJson, writesDocs, rounds, wanted };
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (/^\d+$/.test(text) && rounds >= 1 && rounds <= 1000) return rounds;
  throw new Error(`--rounds is ${JSON.stringify(text)}; it must be a whole number from 1 to 1000`);
}
