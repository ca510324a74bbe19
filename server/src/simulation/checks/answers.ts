import { TERMINAL_STATES } from '../../orders/order.ts';
import { Violated } from '../watch.ts';
import type { Check } from '../watch.ts';
import type { Sight } from './sight.ts';

/** By then the engine has taken what the broker answered it. */
const TAKEN_MS_MAX = 1_000;
/** A figure of the broker's that was true within this time may still be on its way. */
const BEHIND_MS_MAX = 20_000;

/** A refusal that reached us ends its order; a difference with the broker is one that really was there. */
export function answersCheck({ nowMs, rest, session, gaps }: Sight): Check {
  const refused = new Map<string, number>();
  /** When the last while began, as a process has lived it: time that was skipped does not count. */
  const began = (): number => {
    const now = nowMs();
    const from = now - BEHIND_MS_MAX;
    const gap = gaps.find(({ to }) => from < to && now >= to);
    return gap === undefined ? from : gap.from - (gap.to - from);
  };
  /** Whether the broker has held so many within the last while, however shortly, as one of its answers could have said. Nothing moves in time that is skipped. */
  const wasTrue = (symbol: string, shares: string): boolean => {
    for (const rows of rest.positionsBetween(began(), nowMs()))
      if ((rows.find((position) => position['symbol'] === symbol)?.['qty'] ?? '0') === shares) return true;
    return false;
  };
  return {
    answered: (orderId, kind) => {
      if (kind === 'rejected') refused.set(orderId, nowMs());
    },
    gone: () => refused.clear(),
    stepped: ({ facts, after, event }) => {
      for (const [orderId, at] of refused) {
        const order = after.orders.get(orderId);
        if (order !== undefined && TERMINAL_STATES.has(order.state)) refused.delete(orderId);
        else if (nowMs() - at > TAKEN_MS_MAX)
          throw new Violated('I4', `the broker has refused ${orderId}, and it is ${order?.state ?? 'unknown'}`);
      }
      for (const fact of facts) {
        if (fact.kind !== 'DifferenceFound' || fact.what === 'cash') continue;
        const symbol = fact.what.replace('position ', '');
        if (!wasTrue(symbol, fact.brokers))
          throw new Violated('I23', `the broker is said to hold ${fact.brokers} of ${symbol}, and never did in the last while`);
      }
      if (event.kind === 'BarsClosed' && after.marketOpen !== (event.at >= session.openAt && event.at < session.closeAt))
        throw new Violated('hours', `the market counts as ${after.marketOpen ? 'open' : 'closed'} at ${new Date(event.at).toISOString()}`);
    },
  };
}
