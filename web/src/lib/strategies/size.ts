import { percent, quantity } from '#lib/format.ts';

/**
 * The size policy of a strategy in words: what it holds of a symbol when it wants all of it. What is written otherwise than
 * `equity:FRACTION` or `units:COUNT` is given back as it is.
 */
export function sizeWords(size: string): string {
  const [kind, amount = ''] = size.split(':');
  if (amount !== '' && kind === 'equity') return `${percent(amount, { decimals: 0, decimalsMax: 2 })} of equity a symbol`;
  if (amount !== '' && kind === 'units') return `${quantity(amount)} ${amount === '1' ? 'unit' : 'units'} a symbol`;
  return size;
}
