import type { ExitPartsFragment } from '@tidemark/schema/documents';
import { price, quantity } from '#lib/format.ts';

/** "10 at $92.00". */
export function exitPlace({ price: level, quantity: size, trails }: ExitPartsFragment): string {
  const at = level === null ? 'where the broker has moved it' : `at ${price(level)}${trails ? ', which follows the market' : ''}`;
  return `${quantity(size)} ${at}`;
}

/** "10 at $92.00: order 41f…." */
export const exitWords = (exit: ExitPartsFragment): string =>
  `${exitPlace(exit)}: ${exit.orderId === null ? 'watched here, not at the broker' : `order ${exit.orderId}`}.`;
