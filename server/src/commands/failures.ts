import type { CompileError } from '@tidemark/compute';

/** A strategy that does not compile: one line an error, `file:line:column message`. */
export class CompileFailure extends Error {
  override readonly name = 'CompileFailure';
  constructor(source: string, errors: readonly CompileError[]) {
    const lines = errors.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
    super(`${source} does not compile\n${lines.join('\n')}`);
  }
}

/** Node's file errors in words; `undefined` for all others. */
function fileProblem(error: Error): string | undefined {
  if (!('code' in error) || !('path' in error)) return undefined;
  const path = String(error.path);
  if (error.code === 'ENOENT') return `${path} does not exist`;
  if (error.code === 'EACCES' || error.code === 'EPERM') return `${path} may not be read or written: check its permissions`;
  if (error.code === 'EISDIR') return `${path} is a folder, not a file`;
  return undefined;
}

/** One clear sentence for the person at the terminal. A broken invariant keeps its stack: it is ours to mend. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const ours = error.message.startsWith('Invariant:') || error instanceof TypeError || error instanceof ReferenceError;
  return ours ? (error.stack ?? error.message) : (fileProblem(error) ?? error.message);
}
