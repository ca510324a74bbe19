import { expect, test } from 'vitest';
import { Closers } from './closers.ts';

test('everything is closed, last opened first, whatever fails', async () => {
  const done: string[] = [];
  const closers = new Closers((what, error) => done.push(`${what}: ${String(error)}`));
  closers.add('the database', async () => void done.push('database'));
  closers.add('the feed', async () => {
    throw new Error('broken');
  });
  closers.add('the server', async () => void done.push('server'));
  await closers.close();
  await closers.close();
  expect(done).toEqual(['server', 'the feed did not close: Error: broken', 'database']);
});

test('what hangs is left behind in time, and what comes after it is closed all the same', async () => {
  const done: string[] = [];
  const closers = new Closers((what, error) => done.push(`${what}: ${String(error)}`));
  closers.add('the journal', async () => void done.push('journal'));
  closers.add('the queue', () => new Promise(() => undefined));
  closers.add('the feed', () => new Promise(() => undefined));
  await closers.close(40);
  expect(done[0]).toMatch(/^the feed did not close: Error: not within (?:19|20) ms$/);
  expect(done[1]).toMatch(/^the queue did not close: Error: not within \d+ ms$/);
  expect(done[2]).toBe('journal');
});
