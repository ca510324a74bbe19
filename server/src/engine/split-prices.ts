import { toNumber } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import { roundToTick } from '../money/money.ts';
import { priceAfter } from '../positions/split.ts';
import type { Split } from '../positions/split.ts';
import { tickAt } from '../risk/valuation.ts';
import { supersede } from './recommending.ts';
import { splitShadows } from './shadow.ts';
import type { EngineState, Protection } from './state.ts';
import { change, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** Everything that the engine keeps at a price of one symbol, after one unit of it became several: before the units themselves change. */
export function rescalePrices(turn: Turn, symbol: string, split: Split): void {
  rescaleMark(turn, symbol, split);
  rescaleExits(turn, symbol, split);
  rescaleTrails(turn, symbol, split);
  forgetWishes(turn, symbol);
  splitShadows(turn, symbol, split);
}

/** A price that is newer than the split is one of the new units already. */
function rescaleMark(turn: Turn, symbol: string, split: Split): void {
  const known = turn.state.marks.get(symbol);
  if (known === undefined || known.at > split.at) return;
  const { bid: _bid, ask: _ask, ...mark } = known;
  change(turn, { marks: withEntry(turn.state.marks, symbol, { ...mark, price: priceAfter(known.price, split) }) });
}

export function rescaleExits(turn: Turn, symbol: string, split: Split): void {
  const instrument = turn.state.instruments.get(symbol);
  const stepped = (price: Price | undefined, towards: 'floor' | 'ceil'): Price | undefined => {
    if (price === undefined) return undefined;
    const raw = priceAfter(price, split);
    return instrument === undefined || instrument.tick <= 0n ? raw : roundToTick(raw, tickAt(raw, instrument), towards);
  };
  for (const [key, protection] of turn.state.protections) {
    if (protection.symbol !== symbol) continue;
    const { trail, long, watched: _watched, ...kept } = protection;
    const stopPrice = stepped(protection.stopPrice, long ? 'floor' : 'ceil');
    const takeProfit = stepped(protection.takeProfit, long ? 'ceil' : 'floor');
    const moved: Protection = {
      ...kept,
      long,
      ...(stopPrice === undefined ? {} : { stopPrice }),
      ...(takeProfit === undefined ? {} : { takeProfit }),
      ...(trail === undefined ? {} : { trail: { ...trail, best: trail.best * factorOf(split) } }),
    };
    change(turn, { protections: withEntry(turn.state.protections, key, moved) });
  }
}

/** Strategies' own figures are doubles, as a backtest has them. */
const factorOf = ({ oldUnits, newUnits }: Split): number => toNumber(oldUnits) / toNumber(newUnits);

function rescaleTrails(turn: Turn, symbol: string, split: Split): void {
  for (const [root, trailing] of turn.state.trailing) {
    if (turn.state.orders.get(trailing.orderId)?.intent.symbol !== symbol) continue;
    const { distance } = trailing;
    const moved = {
      ...trailing,
      best: trailing.best * factorOf(split),
      ...(distance === undefined ? {} : { distance: distance * factorOf(split) }),
    };
    change(turn, { trailing: withEntry(turn.state.trailing, root, moved) });
  }
}

/** What was decided on the old units holds no more: wishes that wait are given up, and answers to bars of before cannot be sized. */
export function forgetWishes(turn: Turn, symbol: string): void {
  const { deferredTargets, deferredOrders, heldIntents, strategies } = turn.state;
  supersede(turn, `The units of ${symbol} became others.`, ({ intent }) => intent.symbol === symbol);
  const isOther = (key: string): boolean => !key.endsWith(` ${symbol}`);
  change(turn, {
    deferredTargets: new Map([...deferredTargets].filter(([key]) => isOther(key))),
    deferredOrders: new Map([...deferredOrders].filter(([key]) => isOther(key))),
    heldIntents: new Map([...heldIntents].filter(([, intent]) => intent.symbol !== symbol)),
    strategies: withoutClose(strategies, symbol),
  });
}

const withoutClose = (strategies: EngineState['strategies'], symbol: string): EngineState['strategies'] =>
  new Map(
    [...strategies].map(([id, slot]) => {
      const { signal } = slot;
      return [id, signal === undefined ? slot : { ...slot, signal: { ...signal, closes: withoutEntry(signal.closes, symbol) } }];
    }),
  );
