/** `node server/src/risk/gate.bench.ts`: microseconds that one evaluation takes with 500 open orders in 100 symbols. */
import { performance } from 'node:perf_hooks';
import { money } from '../money/fixed.ts';
import { evaluate } from './gate.ts';
import { ACME, bySymbol, contextOf, intentOf, markOf, openOf, positionOf, profileOf } from './sample-account.ts';

const OPEN_ORDERS = 500;
const SYMBOLS = Array.from({ length: 100 }, (_, index) => `S${index}`);
const WARM_UP = 3_000;
const ROUNDS = 20_000;

const context = contextOf({
  equity: money('100000000'),
  buyingPower: money('100000000'),
  positions: bySymbol(...SYMBOLS.map((symbol, index) => positionOf(symbol, String(index - 50)))),
  openOrders: Array.from({ length: OPEN_ORDERS }, (_, index) =>
    openOf('10', { id: `open-${index}`, symbol: SYMBOLS[index % SYMBOLS.length] ?? '', side: index % 3 === 0 ? 'sell' : 'buy' }),
  ),
  marks: new Map(SYMBOLS.map((symbol) => [symbol, markOf('100')])),
  profiles: bySymbol(...SYMBOLS.map((symbol) => profileOf(symbol))),
  instruments: bySymbol(...SYMBOLS.map((symbol) => ({ ...ACME, symbol }))),
});
const intents = SYMBOLS.map((symbol, index) => intentOf('10', { id: `intent-${index}`, symbol, side: index % 2 === 0 ? 'buy' : 'sell' }));

const times: number[] = [];
for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
  const intent = intents[round % intents.length];
  if (intent === undefined) throw new Error('Invariant: there are intents');
  const startedAt = performance.now();
  evaluate(intent, context);
  if (round >= WARM_UP) times.push((performance.now() - startedAt) * 1_000);
}
times.sort((left, right) => left - right);
const at = (quantile: number): string => (times[Math.floor(quantile * (times.length - 1))] ?? Number.NaN).toFixed(1);
console.log(`risk gate, ${OPEN_ORDERS} open orders: p50 ${at(0.5)} µs, p99 ${at(0.99)} µs, max ${at(1)} µs over ${ROUNDS} evaluations`);
