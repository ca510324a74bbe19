import { expect, test, vi } from 'vitest';
import { eventually, openWorld } from '../test/session-world.ts';

test('when nobody could reconcile for too long entries are off, and on again after the next that succeeds', async () => {
  const world = await openWorld({ timing: { reconcileEveryMs: 10, reconcileOverdueMs: 40, reconcileAgainMs: 5 } });
  await eventually(() => expect(world.session.state()).toMatchObject({ brokerConnected: true, reconciled: true }));
  const account = vi.spyOn(world.broker, 'account').mockRejectedValue(new Error('busy'));
  await eventually(() => expect(world.session.state()).toMatchObject({ brokerConnected: false, reconciled: false }));
  account.mockRestore();
  // The order stream was connected all the while, and says nothing.
  await eventually(() => expect(world.session.state()).toMatchObject({ brokerConnected: true, reconciled: true }));
  await world.close();
});

test('a reconcile alone does not make up for a stream that has ended', async () => {
  const world = await openWorld({ timing: { reconcileEveryMs: 10, reconcileOverdueMs: 40, reconcileAgainMs: 5 } });
  await eventually(() => expect(world.session.state().reconciled).toBe(true));
  const account = vi.spyOn(world.broker, 'account').mockRejectedValue(new Error('busy'));
  await eventually(() => expect(world.session.state().brokerConnected).toBe(false));
  world.broker.disconnect('gone');
  account.mockRestore();
  await eventually(() => expect(world.session.state().reconciled).toBe(true));
  expect(world.session.state().brokerConnected).toBe(false);
  world.broker.connect();
  await eventually(() => expect(world.session.state().brokerConnected).toBe(true));
  await world.close();
});
