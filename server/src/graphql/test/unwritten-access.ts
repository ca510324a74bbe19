import { vi } from 'vitest';
import type { ApiWorld } from './api-world.ts';

/** Makes the engine refuse to write down what was done to access, as one does whose journal has stopped, until the returned function is called. */
export function refuseAccess({ world: { session } }: Pick<ApiWorld, 'world'>): () => void {
  const command = session.command.bind(session);
  const spy = vi.spyOn(session, 'command').mockImplementation(async (event) => {
    if (event.kind === 'AccessRecorded') throw new Error('the journal has stopped');
    return await command(event);
  });
  return () => spy.mockRestore();
}
