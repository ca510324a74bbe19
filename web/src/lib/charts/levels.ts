import type { OrderPartsFragment, PositionPartsFragment } from '@tidemark/schema/documents';

/** A price that something waits for or was had at: a line over the chart. */
export interface Level {
  readonly id: string;
  readonly kind: 'entry' | 'stop' | 'target' | 'order';
  readonly label: string;
  readonly price: number;
}

const WAITING: ReadonlySet<string> = new Set(['ACCEPTED', 'PARTIALLY_FILLED', 'PENDING_REPLACE']);
type Order = Pick<
  OrderPartsFragment,
  'id' | 'symbol' | 'side' | 'quantity' | 'limitPrice' | 'stopPrice' | 'state' | 'reduceOnly' | 'strategyName'
>;
type Position = Pick<PositionPartsFragment, 'symbol' | 'averagePrice' | 'strategies'>;

/** What of one strategy waits at a price of this symbol, and the average price of what is held. An exit's stop and target are its bracket. */
export function levelsOf(symbol: string, strategy: string, orders: readonly Order[], positions: readonly Position[]): readonly Level[] {
  const held = positions.filter((one) => one.symbol === symbol && one.strategies.includes(strategy));
  const waiting = orders.filter((one) => one.symbol === symbol && one.strategyName === strategy && WAITING.has(one.state));
  return [
    ...held.map(({ averagePrice }): Level => ({ id: 'entry', kind: 'entry', label: 'Average entry', price: Number(averagePrice) })),
    ...waiting.flatMap(({ id, side, quantity, stopPrice, limitPrice, reduceOnly }): readonly Level[] => {
      const what = `${side === 'BUY' ? 'buy' : 'sell'} ${quantity}`;
      if (stopPrice !== null) return [{ id, kind: 'stop', label: `Stop, ${what}`, price: Number(stopPrice) }];
      if (limitPrice === null) return [];
      return [
        { id, kind: reduceOnly ? 'target' : 'order', label: `${reduceOnly ? 'Target' : 'Limit'}, ${what}`, price: Number(limitPrice) },
      ];
    }),
  ];
}
