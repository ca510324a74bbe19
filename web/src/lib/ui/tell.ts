import { toasts } from './toasts.svelte.ts';

/** How an act of one click went: it was not heard, refused with a sentence, or done. */
type Said = { readonly ok: false; readonly message: string } | { readonly ok: true; readonly answer: object };

/** Says what became of an act: why not, or `good`. */
export function tell(said: Said, good: string): void {
  const refusal = said.ok ? ('message' in said.answer ? String(said.answer.message) : undefined) : said.message;
  if (refusal === undefined) toasts.good(good);
  else toasts.bad(refusal);
}
