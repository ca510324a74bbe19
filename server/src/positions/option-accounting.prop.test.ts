import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { attributions, withParts } from './owner-results.ts';
import type { OwnerResults } from './owner-results.ts';
import { applyExecution } from './average-cost.ts';
import type { Position, Trade } from './position.ts';
import { bookIntoLedgers } from './sub-ledgers.ts';
import type { SubLedgers } from './sub-ledgers.ts';

interface Booked {
  readonly position: Position | undefined;
  readonly trades: readonly Trade[];
  readonly ledgers: SubLedgers;
  readonly results: OwnerResults;
}

type Execution = readonly [contracts: number, cents: number, strategy: boolean];

/** Every execution in the symbol, one after another. */
function book(symbol: string, executions: readonly Execution[]): Booked {
  let position: Position | undefined;
  let ledgers: SubLedgers = new Map();
  let results: OwnerResults = new Map();
  const trades: Trade[] = [];
  for (const [index, [contracts, cents, strategy]] of executions.entries()) {
    const execution = {
      symbol,
      quantity: (BigInt(contracts) * 1_000_000_000n) as Quantity,
      price: (BigInt(cents) * 10_000_000n) as Price,
      fee: 0n as Money,
      at: instantFromMs(index),
    };
    const after = applyExecution(position, execution);
    position = after.quantity === 0n ? undefined : after;
    const booked = bookIntoLedgers(ledgers, execution, `e${index}`, strategy ? 's1' : undefined);
    ({ ledgers } = booked);
    results = withParts(results, booked.parts);
    trades.push(...booked.trades);
  }
  return { position, trades, ledgers, results };
}

test('an option’s books are a share’s, with a hundred times the money and the same prices', () => {
  const contracts = fc.integer({ min: -20, max: 20 }).filter((size) => size !== 0);
  const execution = fc.tuple(contracts, fc.integer({ min: 1, max: 5_000 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(execution, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 5_000 }), (executions, cents) => {
      const share = book('ALDR', executions);
      const option = book('ALDR240315C00100000', executions);
      expect(option.position?.quantity).toBe(share.position?.quantity);
      expect(option.position?.averagePrice).toBe(share.position?.averagePrice);
      // Averages are rounded at 1e-9 of a share: a hundred shares of a contract round no more often.
      expect(option.trades.map(({ grossPnl }) => grossPnl)).toEqual(share.trades.map(({ grossPnl }) => 100n * grossPnl));
      const mark = (): Price => (BigInt(cents) * 10_000_000n) as Price;
      const nets = ({ ledgers, results }: Booked): readonly bigint[] => attributions(ledgers, results, mark).map(({ net }) => net);
      expect(nets(option)).toEqual(nets(share).map((net) => 100n * net));
    }),
  );
});
