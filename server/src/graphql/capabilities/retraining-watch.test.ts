import { expect, test } from 'vitest';
import { openDesk, STRATEGY } from '../../engine/test/desk.ts';
import type { Retraining } from '../../models/retraining.ts';
import { lookAtRetraining } from './retraining-watch.ts';

const PROPOSED: Retraining = {
  id: 'retraining-1',
  modelId: 'm1',
  reason: 'drift',
  evidence: 'Its health was 12.0 of 100.',
  newBars: 9,
  newestAt: openDesk().state.now,
  state: 'open',
  proposedAt: openDesk().state.now,
  endedAt: undefined,
  by: undefined,
  because: undefined,
  trainingId: undefined,
};

test('models of strategies that run or were paused are looked at, and an alert is open as long as the proposal, told once', async () => {
  const desk = openDesk();
  desk.give({
    kind: 'StrategyCreated',
    at: desk.state.now,
    by: 'user:ada',
    config: { ...STRATEGY, id: 's2', name: 'Draft', version: 'v2' },
  });
  const asked: string[][] = [];
  let open: readonly Retraining[] = [PROPOSED];
  const told = new Set<string>();
  const look = () =>
    lookAtRetraining(
      {
        session: {
          state: () => desk.state,
          command: (event) => {
            desk.give(event);
            return Promise.resolve({ state: desk.state, effects: desk.last });
          },
          orderPreview: () => {
            throw new Error('Invariant: nobody asks for a preview');
          },
          onChange: () => () => undefined,
        },
        retrainings: { look: () => Promise.resolve(open) },
        watched: (versions) => {
          asked.push([...versions]);
          return Promise.resolve([{ id: 'm1' }]);
        },
      },
      told,
    );
  await look();
  desk.give({ kind: 'StrategyDisabled', at: desk.state.now, by: 'user:ada', strategyId: 's1', reason: 'ModelDrift' });
  await look();
  expect(asked).toEqual([['v1'], ['v1']]);
  expect(desk.state.alerts.get('RetrainingProposed-m1')).toMatchObject({
    severity: 'info',
    detail: 'Its health was 12.0 of 100. It has not learnt from 9 newer bars. Start or dismiss it on the page Models.',
  });
  expect(desk.effects.filter(({ kind }) => kind === 'AlertRaised')).toHaveLength(1);
  // A person who has put the alert away is not told of the same proposal again.
  desk.give({ kind: 'AlertAcknowledged', at: desk.state.now, by: 'user:ada', alertId: 'RetrainingProposed-m1' });
  await look();
  expect(desk.state.alerts.size).toBe(0);
  open = [{ ...PROPOSED, id: 'retraining-2' }];
  await look();
  expect(desk.state.alerts.has('RetrainingProposed-m1')).toBe(true);
  open = [];
  await look();
  expect(desk.state.alerts.size).toBe(0);
});
