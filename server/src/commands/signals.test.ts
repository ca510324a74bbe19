import { expect, test } from 'vitest';
import { Interrupted, interruptible } from './signals.ts';

const listeners = (): number => process.listenerCount('SIGINT');

test('a signal asks the work to end, which closes what it holds first', async () => {
  const before = listeners();
  const steps: string[] = [];
  const work = interruptible(async (signal) => {
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    steps.push('closed');
    signal.throwIfAborted();
  });
  process.emit('SIGINT', 'SIGINT');
  await expect(work).rejects.toThrow(Interrupted);
  await expect(work).rejects.toThrow(/Stopped by SIGINT/);
  expect(steps).toEqual(['closed']);
  expect(listeners()).toBe(before);
});

test('undisturbed work gives its result, and leaves no listener behind', async () => {
  const before = listeners();
  await expect(interruptible(() => Promise.resolve(7))).resolves.toBe(7);
  await expect(interruptible(() => Promise.reject(new Error('of the work')))).rejects.toThrow('of the work');
  expect(listeners()).toBe(before);
});
