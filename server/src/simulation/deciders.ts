import { PLAIN_WISH } from '../strategies/plain-wish.ts';
import type { SliceWish } from '@tidemark/compute/types';
import type { StrategyConfig } from '../strategies/strategy.ts';
import { quantity, ratio } from '../money/fixed.ts';
import type { StrategyRunner } from '../engine/session/strategy-runners.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** After this a worker that does not answer is ended. */
const DEADLINE_MS = 5_000;
const VERSION = 'd'.repeat(64);

/** Strategies of the day: small sizes, so that many orders meet. */
export function strategiesOf(dice: Dice, symbols: readonly string[]): readonly StrategyConfig[] {
  return Array.from({ length: dice.whole('strategies', 1, 3) }, (_, index) => {
    const id = `s${index + 1}`;
    return {
      id,
      name: id,
      version: VERSION,
      source: 'random decider',
      parameters: {},
      symbols: symbols.slice(0, dice.whole(`symbols of ${id}`, 1, symbols.length)),
      timeframe: '1Min',
      allocation: ratio('1'),
      size: { kind: 'units', units: quantity(String(dice.whole(`units of ${id}`, 2, 40))) },
      wholeUnits: true,
    };
  });
}

/** What is wished for, of which symbol, and what the dice call it. */
interface Wishing {
  readonly dice: Dice;
  readonly name: string;
  readonly symbolIndex: number;
  readonly close: number;
  readonly bar: number;
}

const reason = 'drawn';
const orderIdOf = ({ bar, symbolIndex }: Wishing): number => bar * 10 + symbolIndex + 1;
const unitsOf = ({ dice, name }: Wishing, amount: number): number => Math.round(amount * dice.whole(`size ${name}`, 1, 30));

/** Stops and profits with a target, and stops that follow the price. */
function familyWish(wishing: Wishing, kind: number, amount: number): SliceWish | undefined {
  const { dice, name, symbolIndex, close } = wishing;
  const away = (what: string, sign: number): number =>
    Math.round(close * (1 + sign * dice.between(`${what} ${name}`, 0.001, 0.01)) * 100) / 100;
  if (kind >= 0.6 && kind < 0.72 && amount !== 0) {
    const stopLoss = dice.draw(`has stop ${name}`) < 0.8 ? away('stop', -Math.sign(amount)) : null;
    const takeProfit = dice.draw(`has profit ${name}`) < 0.5 ? away('profit', Math.sign(amount)) : null;
    return { ...PLAIN_WISH, symbolIndex, kind: 'target', measure: 'exposure', amount, stopLoss, takeProfit, reason };
  }
  if (kind < 0.72 || kind >= 0.82) return undefined;
  const trailFraction = dice.between(`fraction ${name}`, 0.001, 0.01);
  if (kind < 0.77) return { ...PLAIN_WISH, symbolIndex, kind: 'protect', measure: 'units', amount: 0, trailFraction, reason };
  const orderId = orderIdOf(wishing);
  return {
    ...PLAIN_WISH,
    symbolIndex,
    kind: 'trailing',
    measure: 'units',
    amount: unitsOf(wishing, amount),
    trailFraction,
    orderId,
    reason,
  };
}

/** One wish about one symbol after one bar. */
function wishOf(wishing: Wishing, families: boolean): SliceWish | undefined {
  const { dice, name, symbolIndex, close } = wishing;
  const kind = dice.draw(`wish ${name}`);
  if (kind < 0.35) return undefined;
  const amount = dice.pick(`amount ${name}`, [1, -1, 0, 0.5, -0.5, 1]);
  const wish = families ? familyWish(wishing, kind, amount) : undefined;
  if (wish !== undefined) return wish;
  if (kind < 0.75) return { ...PLAIN_WISH, symbolIndex, kind: 'target', measure: 'exposure', amount, reason };
  const orderId = orderIdOf(wishing);
  const units = unitsOf(wishing, amount);
  const near = Math.round(close * (1 + dice.between(`near ${name}`, -0.01, 0.01)) * 100) / 100;
  if (kind < 0.88) return { ...PLAIN_WISH, symbolIndex, kind: 'limit', measure: 'units', amount: units, limit: near, orderId, reason };
  if (kind < 0.95)
    return { ...PLAIN_WISH, symbolIndex, kind: 'stop', measure: 'units', amount: units, stop: near, day: true, orderId, reason };
  return { ...PLAIN_WISH, symbolIndex, kind: 'cancel', measure: 'units', amount: 0, reason };
}

export interface DeciderOptions {
  /** Whether it lets stops follow the price. */
  readonly families: boolean;
  readonly dice: Dice;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
}

/** A strategy's module that answers at random, and always the same to the same bar: so a restart can rebuild it. */
export function openDecider(
  { families, dice, faults, scheduler }: DeciderOptions,
  { id, symbols }: StrategyConfig,
  owner: Owner,
): StrategyRunner {
  return {
    onBars: async ({ atMs, bars }) => {
      const name = `${id}@${atMs}`;
      if (faults.strikes('strategy-hung', name)) {
        await scheduler.wait(DEADLINE_MS, owner);
        throw new Error(`no answer within ${DEADLINE_MS} ms`);
      }
      await scheduler.wait(dice.between(`thinks ${name}`, 0.1, 40), owner);
      const nonsense = faults.strikes('strategy-nonsense', name);
      return symbols.flatMap((symbol, index) => {
        const bar = bars[index];
        if (bar === undefined) return [];
        const number = Math.round(atMs / 60_000) % 1_000_000;
        const wish = wishOf({ dice, name: `${name} ${symbol}`, symbolIndex: index, close: bar.close, bar: number }, families);
        if (nonsense)
          return [{ ...PLAIN_WISH, symbolIndex: index, kind: 'target', measure: 'exposure', amount: Number.NaN, reason: 'nonsense' }];
        return wish === undefined || (wish.kind !== 'target' && wish.kind !== 'cancel' && wish.kind !== 'protect' && wish.amount === 0)
          ? []
          : [wish];
      });
    },
    close: async () => await Promise.resolve(),
  };
}
