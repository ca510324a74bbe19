import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClientReport, ClientTask, Footprint, Listening } from './messages.ts';

export type ServerKind = 'product' | 'stock' | 'raw';

const fileOf = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));

/** The next thing that a child says; rejects where it has ended instead. */
async function answer<T>(child: ChildProcess): Promise<T> {
  const ending = new AbortController();
  const said = once(child, 'message', { signal: ending.signal }) as Promise<[T]>;
  const ended = once(child, 'exit', { signal: ending.signal }).then(([code]) => {
    throw new Error(`${child.spawnargs.at(-1)} ended with ${String(code)}`);
  });
  try {
    const [message] = await Promise.race([said, ended]);
    return message;
  } finally {
    ending.abort();
    await Promise.allSettled([said, ended]);
  }
}

export interface ServerProcess extends Listening {
  footprint(): Promise<Footprint>;
  close(): Promise<void>;
}

export async function startServer(kind: ServerKind): Promise<ServerProcess> {
  // As the image starts it.
  const env = { ...process.env, MALLOC_ARENA_MAX: '2' };
  const child = fork(fileOf(`${kind}-server`), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env });
  const listening = await answer<Listening>(child);
  return {
    ...listening,
    footprint: async () => {
      child.send('footprint');
      return await answer<Footprint>(child);
    },
    close: async () => {
      child.send('close');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

export interface ClientProcess {
  ask(task: ClientTask): Promise<ClientReport>;
  close(): Promise<void>;
}

export async function startClient(): Promise<ClientProcess> {
  const child = fork(fileOf('client'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await answer(child);
  return {
    ask: async (task) => {
      child.send(task);
      return await answer<ClientReport>(child);
    },
    close: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
