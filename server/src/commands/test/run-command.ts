import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { main } from '../../cli.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What stands around a command: variables, and what somebody types. */
export interface Surroundings {
  readonly environment?: NodeJS.ProcessEnv;
  readonly lines?: readonly string[];
  /** Somebody sits at the terminal, and does not only send a file. */
  readonly isTTY?: boolean;
}

/** Runs a command in this process, its output being no terminal. */
export async function runCommand(
  args: readonly string[],
  { environment = {}, lines = [], isTTY = false }: Surroundings = {},
): Promise<Ended> {
  const [out, err, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const typed = Object.assign(input, { isTTY }) as unknown as NodeJS.ReadStream;
  input.end(lines.map((line) => `${line}\n`).join(''));
  const code = await main(args, { out, err: err as unknown as NodeJS.WriteStream, input: typed, environment });
  out.end();
  err.end();
  return { code, out: await text(out), err: await text(err) };
}
