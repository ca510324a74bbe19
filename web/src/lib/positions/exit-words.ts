import type { ExitPartsFragment } from '@tidemark/schema/documents';
import { money, quantity } from '#lib/format.ts';

/** "10 at $92.00". */
export function exitPlace({ price, quantity: size, trails }: ExitPartsFragment): string {
  const at = price === null ? 'where the broker has moved it' : `at ${money(price)}${trails ? ', which follows the market' : ''}`;
  return `${quantity(size)} ${at}`;
}

/** "10 at $92.00: order 41f…." */
export const exitWords = (exit: ExitPartsFragment): string =>
  `${exitPlace(exit)}: ${exit.orderId === null ? 'watched here, not at the broker' : `order ${exit.orderId}`}.`;
