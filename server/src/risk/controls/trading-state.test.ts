import { expect, test } from 'vitest';
import { bySymbol, contextOf, intentOf, marketOf, positionOf } from '../sample-account.ts';
import { controlInput } from '../control-input.ts';
import type { TradingState } from '../types.ts';
import { tradingState } from './trading-state.ts';

const long = { positions: bySymbol(positionOf('ACME', '10')) };
const entry = intentOf('1');
const exit = marketOf('10', 'sell');
const reduceOnly = marketOf('10', 'sell', { reduceOnly: true });
const flip = marketOf('10.000000001', 'sell');

test.each([
  { state: 'ACTIVE', entry: true, exit: true, reduceOnly: true, flip: true },
  { state: 'HALF', entry: true, exit: true, reduceOnly: true, flip: true },
  { state: 'REDUCING', entry: false, exit: true, reduceOnly: true, flip: false },
  { state: 'HALTED', entry: false, exit: true, reduceOnly: true, flip: false },
  { state: 'FROZEN', entry: false, exit: false, reduceOnly: false, flip: false },
  { state: 'garbled', entry: false, exit: true, reduceOnly: true, flip: false },
])('$state', ({ state, ...expected }) => {
  const context = contextOf({ ...long, tradingState: state as TradingState });
  const passes = (intent: typeof entry) => tradingState(controlInput(intent, context), context).length === 0;
  expect({ entry: passes(entry), exit: passes(exit), reduceOnly: passes(reduceOnly), flip: passes(flip) }).toEqual(expected);
});
