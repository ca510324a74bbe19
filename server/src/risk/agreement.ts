import { expectedDenials } from './oracle.ts';
import { evaluate } from './gate.ts';
import { Dice, randomContext, randomIntent } from './random-orders.ts';

/** How often each code denied, and how many orders passed. */
export interface Agreement {
  readonly seen: ReadonlyMap<string, number>;
  /** The first order on which the gate and the oracle differ, by its seed. */
  readonly difference?: { readonly seed: number; readonly gate: readonly string[]; readonly oracle: readonly string[] };
}

/** Asks the gate and the oracle about the orders of these seeds. For tests. */
export function compareOrders(from: number, count: number): Agreement {
  const seen = new Map<string, number>();
  for (let seed = from; seed < from + count; seed += 1) {
    const dice = new Dice(seed);
    const intent = randomIntent(dice, 'intent');
    const context = randomContext(dice, intent);
    const { verdict, decision } = evaluate(intent, context);
    const gate = decision.denials.map(({ code, limit, actual }) => `${code} ${limit} ${actual}`).sort();
    const oracle = expectedDenials(intent, context);
    if (gate.join('|') !== oracle.join('|') || (verdict === 'approved') !== (oracle.length === 0))
      return { seen, difference: { seed, gate, oracle } };
    const codes = new Set(decision.denials.map(({ code }) => code));
    for (const code of codes.size === 0 ? [intent.reduceOnly ? 'reduced' : 'approved'] : codes) seen.set(code, (seen.get(code) ?? 0) + 1);
  }
  return { seen };
}
