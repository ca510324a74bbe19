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
