import { describe, expect, test } from 'vitest';
import { price } from '../../money/fixed.ts';
import { pauseOf } from '../brakes.ts';
import type { Brake, BrakeScope } from '../brakes.ts';
import { evaluate } from '../gate.ts';
import { bySymbol, contextOf, intentOf, marketOf, NOW, positionOf } from '../sample-account.ts';

const pause = (scope: BrakeScope): Brake => ({
  ...pauseOf(scope),
  effect: 'entries-off',
  since: NOW,
  because: 'A rumour.',
  by: 'user:ada',
  reset: 'person',
});
const ACCOUNT: BrakeScope = { kind: 'account' };
const strategy = (strategyId: string): BrakeScope => ({ kind: 'strategy', strategyId });
const symbol = (name: string): BrakeScope => ({ kind: 'symbol', symbol: name });
const denials = (...[intent, context]: Parameters<typeof evaluate>) =>
  evaluate(intent, context).decision.denials.filter(({ code }) => code === 'Paused' || code === 'TradingState');

describe('what is paused', () => {
  const own = intentOf('1', { origin: { kind: 'strategy', strategyId: 's1', version: 'v1' } });
  test.each([
    { name: 'the account, a person’s order', scope: ACCOUNT, intent: intentOf('1'), denied: 'Pause account' },
    { name: 'its strategy', scope: strategy('s1'), intent: own, denied: 'Pause strategy s1' },
    { name: 'another strategy', scope: strategy('s2'), intent: own, denied: undefined },
    { name: 'a strategy, a person’s order', scope: strategy('s1'), intent: intentOf('1'), denied: undefined },
    { name: 'its symbol', scope: symbol('ACME'), intent: own, denied: 'Pause symbol ACME' },
    { name: 'another symbol', scope: symbol('CORP'), intent: own, denied: undefined },
  ])('$name', ({ scope, intent, denied }) => {
    const found = denials(intent, contextOf({ brakes: [pause(scope)] }));
    expect(found.map(({ code, actual }) => [code, actual])).toEqual(denied === undefined ? [] : [['Paused', denied]]);
  });

  test('the denial says what is paused, by whom and why', () => {
    const [found] = denials(own, contextOf({ brakes: [pause(strategy('s1'))] }));
    expect(found).toMatchObject({
      message: 'No position is opened: strategy s1 is paused by user:ada. A rumour.',
      limit: 'only orders that shrink a position',
      unit: 'state',
    });
  });

  test('every pause is told, each once', () => {
    const brakes = [pause(ACCOUNT), pause(strategy('s1')), pause(symbol('ACME'))];
    expect(denials(own, contextOf({ brakes }))).toHaveLength(3);
  });

  test('an option is paused with its underlying', () => {
    const option = 'ACME240315C00110000';
    const context = contextOf({
      brakes: [pause(symbol('ACME'))],
      options: {
        contracts: new Map([
          [option, { symbol: option, underlying: 'ACME', right: 'call', strike: price('110'), expiresOn: '2024-03-15' }],
        ]),
        deltas: new Map(),
      },
    });
    expect(denials(intentOf('1', { symbol: option, limitPrice: price('3') }), context).map(({ actual }) => actual)).toEqual([
      'Pause symbol ACME',
    ]);
  });

  test('an exit goes on, whatever is paused', () => {
    const context = contextOf({ brakes: [pause(ACCOUNT), pause(symbol('ACME'))], positions: bySymbol(positionOf('ACME', '10')) });
    const exit = marketOf('10', 'sell', { reduceOnly: true });
    expect(evaluate(exit, context).verdict).toBe('approved');
  });
});
