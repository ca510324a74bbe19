import type { Money } from '../money/fixed.ts';
import { sum } from '../money/money.ts';
import { attributions } from '../positions/owner-results.ts';
import type { EngineState } from './state.ts';

/**
 * What the account has made since it was first seen, in dollars: closed and open, dividends and charges, after fees. Deposits, withdrawals and what a person
 * accepted are no part of it; what it held when it was first seen counts from its cost. `undefined` before the account is known.
 */
export function totalPnl({ equity, ledgers, results, marks }: EngineState): Money | undefined {
  if (equity === undefined) return undefined;
  return sum(attributions(ledgers, results, (symbol) => marks.get(symbol)?.price).map(({ net }) => net));
}
