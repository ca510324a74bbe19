/** The reader of our output went away (`tidemark … | head`): it has what it wants. */
export const readerLeft = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EPIPE';

/** Node's file errors in words; `undefined` for all others. */
function fileProblem(error: Error): string | undefined {
  if (!('code' in error) || !('path' in error)) return undefined;
  const path = String(error.path);
  if (error.code === 'ENOENT') return `${path} does not exist`;
  if (error.code === 'EACCES' || error.code === 'EPERM') return `${path} may not be read or written: check its permissions`;
  if (error.code === 'EISDIR') return `${path} is a folder, not a file`;
  return undefined;
}

function portProblem(error: Error): string | undefined {
  if (!('code' in error && error.code === 'EADDRINUSE')) return undefined;
  const port = 'port' in error ? String(error.port) : '';
  return `Port ${port} is in use: stop the program that listens there, or choose another with --port (0 takes any free one)`;
}

/** A server that cannot be reached: a database, an exchange. Errors of the network may come in a bundle without a message. */
function networkProblem(error: Error): string | undefined {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(inner instanceof Error) || !('code' in inner) || !('address' in inner)) return undefined;
  const place = `${String(inner.address)}${'port' in inner ? `:${String(inner.port)}` : ''}`;
  return inner.code === 'ECONNREFUSED' ? `Nothing answers at ${place}: is the server started, and the address right?` : undefined;
}

/** One clear sentence for the person at the terminal. A broken invariant keeps its stack: it is ours to mend. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const ours = error.message.startsWith('Invariant:') || error instanceof TypeError || error instanceof ReferenceError;
  return ours
    ? (error.stack ?? error.message)
    : (fileProblem(error) ?? portProblem(error) ?? networkProblem(error) ?? (error.message === '' ? error.name : error.message));
}
