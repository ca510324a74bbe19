import type { KillPreviewPartsFragment } from '@tidemark/schema/documents';
import { plural, quantity } from '#lib/format.ts';

/** More would push the button about as positions come and go; its dialogue has all of them. */
const NAMED_MOST = 3;

/** What the kill switch would do now, in a sentence that stays short however much is held. */
export function killSentence({ cancels, flattens, note }: Pick<KillPreviewPartsFragment, 'cancels' | 'flattens' | 'note'>): string {
  const named = flattens.slice(0, NAMED_MOST).map((one) => `${quantity(one.quantity)} ${one.symbol}`);
  const others = flattens.length - named.length;
  const closed = [...named, ...(others > 0 ? [plural(others, 'other position')] : [])].join(', ');
  const flattening = closed === '' ? '' : ` and, if you choose to flatten, close ${closed}`;
  return `Now it would cancel ${plural(cancels.length, 'order')}${flattening}. ${note}`;
}
