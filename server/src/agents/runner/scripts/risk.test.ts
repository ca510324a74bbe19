import { describe, expect, test } from 'vitest';
import { items, named, play } from './test/playing.ts';
import type { World } from './test/playing.ts';

const limit = (name: string, use: number) => ({ name, use, actual: String(use), value: '1' });
const ACTIVE = { tradingState: 'ACTIVE', brakes: [], breakers: [] };
const PAUSED = { pauseEntries: { controls: { tradingState: 'ACTIVE' } } };

const world = (limits: readonly unknown[], controls: object = ACTIVE, pause: World[string] = PAUSED): World => ({
  get_risk: { limits, controls },
  get_health: { health: { parts: [{ name: 'feed', state: 'OK' }] } },
  list_alerts: { alerts: items() },
  pause_entries: pause,
});

describe('the script of Risk', () => {
  test.each<{ name: string; world: World; paused: boolean; says: RegExp }>([
    {
      name: 'little is used',
      world: world([limit('a', 0.2), limit('b', 0.4)]),
      paused: false,
      says: /^b is used to 40\.0 %.*stopped nothing/m,
    },
    { name: 'just below', world: world([limit('a', 0.899)]), paused: false, says: /89\.9 %.*stopped nothing/ },
    {
      name: 'exactly there',
      world: world([limit('a', 0.9)]),
      paused: true,
      says: /^I paused entries of the account, for a is used to 90\.0 %/m,
    },
    { name: 'beyond all of it', world: world([limit('a', 0.1), limit('b', 1.3)]), paused: true, says: /for b is used to 130\.0 %/ },
    {
      name: 'entries are paused already',
      world: world([limit('a', 1)], { ...ACTIVE, brakes: [{ scope: 'account', effect: 'entries-off' }] }),
      paused: false,
      says: /paused already/,
    },
    {
      name: 'one symbol alone is paused',
      world: world([limit('a', 1)], { ...ACTIVE, brakes: [{ scope: 'symbol', effect: 'entries-off' }] }),
      paused: true,
      says: /I paused/,
    },
    {
      name: 'trading has stopped',
      world: world([limit('a', 1)], { ...ACTIVE, tradingState: 'HALTED' }),
      paused: false,
      says: /HALTED already/,
    },
    { name: 'no limit has a figure', world: world([{ name: 'a' }]), paused: false, says: /nothing to judge/ },
    {
      name: 'the pause is refused',
      world: world([limit('a', 1)], ACTIVE, 'It is too late.'),
      paused: true,
      says: /could NOT pause entries: It is too late\./,
    },
  ])('$name', ({ world: answers, paused, says }) => {
    const { report, calls } = play('risk', answers);
    expect(named(calls).includes('pause_entries')).toBe(paused);
    expect(report).toMatch(says);
  });

  test('the figure stands in the reason', () => {
    const { calls } = play('risk', world([limit('drawdownMax', 0.934)]));
    expect(calls.at(-1)?.arguments).toEqual({
      scope: 'ACCOUNT',
      reason: 'drawdownMax is used to 93.4 % (0.934 of 1), and a script pauses entries from 90.0 % on',
    });
  });

  test('says what else is wrong', () => {
    const { report } = play('risk', {
      ...world([limit('a', 0.1)], {
        ...ACTIVE,
        breakers: [
          { code: 'DailyLoss', state: 'tripped' },
          { code: 'Feed', state: 'armed' },
        ],
      }),
      get_health: { health: { parts: [{ name: 'feed', state: 'DOWN' }] } },
      list_alerts: { alerts: items({ title: 'The feed is silent.' }) },
    });
    expect(report).toMatch(/tripped breakers: DailyLoss\.\nOpen alerts: The feed is silent\.\nNot well: feed is DOWN\./);
  });
});
