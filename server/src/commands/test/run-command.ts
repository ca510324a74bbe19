import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { main } from '../../cli.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process, its output being no terminal. */
export async function runCommand(args: readonly string[]): Promise<Ended> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await main(args, { out, err: err as unknown as NodeJS.WriteStream, environment: {} });
  out.end();
  err.end();
  return { code, out: await text(out), err: await text(err) };
}
