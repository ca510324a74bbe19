import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

/** Asks the person at the terminal; lines of a pipe answer in its place. */
export interface Asker {
  /** What is typed is not shown. */
  secret(prompt: string): Promise<string>;
  line(prompt: string): Promise<string>;
  /** False where nobody sits there to be asked. */
  readonly isPerson: boolean;
  close(): void;
}

/** Opens stdin when it is first asked. Answers that do not come throw {@link UsageError}. */
export function openAsker({ input, err }: Pick<Terminal, 'input' | 'err'>): Asker {
  const isPerson = input?.isTTY === true;
  let shows = true;
  let opened: { readonly lines: AsyncIterator<string>; close(): void } | undefined;
  const open = (from: NodeJS.ReadStream) => {
    const echo = new Writable({
      write: (chunk, _encoding, done) => {
        if (shows) err.write(chunk);
        done();
      },
    });
    const lines = createInterface({ input: from, output: echo, terminal: isPerson });
    lines.on('SIGINT', () => lines.close());
    return { lines: lines[Symbol.asyncIterator](), close: () => lines.close() };
  };
  const ask = async (prompt: string, isShown: boolean): Promise<string> => {
    if (input === undefined) throw new UsageError('Nothing can be asked here: stdin is closed');
    opened ??= open(input);
    err.write(prompt);
    shows = isShown;
    const { value, done } = await opened.lines.next();
    shows = true;
    if (!isShown || !isPerson) err.write('\n');
    if (done === true) throw new UsageError('No answer came: nothing was done');
    return value;
  };
  return {
    isPerson,
    secret: (prompt) => ask(prompt, false),
    line: (prompt) => ask(prompt, true),
    close: () => opened?.close(),
  };
}
