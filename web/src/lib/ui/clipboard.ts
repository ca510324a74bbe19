import { toasts } from './toasts.svelte.ts';

/** Copies a text; `false` where it could not, which has been said: a browser may refuse, and has no clipboard for pages that come over plain http. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toasts.bad('The browser did not let this be copied: select the text, and copy it yourself.');
    return false;
  }
}
