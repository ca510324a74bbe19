import { startExchange } from '../../exchange/server.ts';
import type { Exchange } from '../../exchange/server.ts';
import { equity } from '../../instruments/service.ts';
import { syntheticDaily } from '../../market-data/synthetic.ts';
import { instant } from '../../money/instant.ts';

/** What an option's underlying is like, when its exchange begins to play, and how many steps it has played when a test begins. */
export interface OptionExchange {
  readonly symbol: string;
  readonly name: string;
  readonly seed: number;
  readonly firstPrice: number;
  readonly volume: number;
  readonly from: string;
  readonly venueId?: string;
  readonly steps: number;
}

export const ALDER = { symbol: 'ALDR', name: 'Alder', seed: 7, firstPrice: 100, volume: 1_000_000, steps: 2 } as const;

/** A simulated exchange with one share of made-up days, from 2023 to the middle of 2024, and options on it. */
export async function startOptionExchange({ name, from, venueId, steps, ...underlying }: OptionExchange): Promise<Exchange> {
  const exchange = await startExchange({
    bars: [syntheticDaily({ ...underlying, drift: [0.0004, -0.0004], volatility: [0.012, 0.02] }, '2023-01-03', '2024-06-28')],
    instruments: [equity(underlying.symbol, name)],
    speed: 0,
    from: instant(from),
    ...(venueId === undefined ? {} : { venueId }),
    onWarning: () => undefined,
  });
  for (let step = 0; step < steps; step += 1) await exchange.step();
  return exchange;
}
