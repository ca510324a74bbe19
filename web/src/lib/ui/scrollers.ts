/** What scrolls inside a page: wide tables, text that keeps its lines, and what a dialog holds. */
const SCROLLERS = '.table-wrap, pre, .modal > .content';
const FOCUSABLE = 'a[href], button, input, select, textarea, [tabindex]';

/** What the box is part of: a card by its heading, a dialog by its title. */
function nameAround(box: HTMLElement): string | undefined {
  const around = box.closest('section[aria-label], [role=dialog]');
  const titleId = around?.getAttribute('aria-labelledby');
  const name = around?.getAttribute('aria-label') ?? (titleId ? document.getElementById(titleId)?.textContent : undefined);
  return name?.trim() || undefined;
}

/** Whoever has no pointer scrolls what has the focus: where nothing inside can take it, the box itself does, as long as it scrolls. */
function refresh(box: HTMLElement): void {
  const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
  if (!scrolls || box.querySelector(FOCUSABLE)) {
    if (box.dataset['scroller'] === undefined) return;
    for (const name of ['tabindex', 'role', 'aria-label', 'data-scroller']) box.removeAttribute(name);
    return;
  }
  if (box.dataset['scroller'] !== undefined) return;
  box.dataset['scroller'] = '';
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', `${nameAround(box) ?? (box.matches('pre') ? 'Text' : 'Table')}: arrow keys scroll`);
}

/**
 * Makes all that scrolls below `root` reachable by keyboard, now and whenever something is added: here, once, and not at
 * each table, where the next one would be forgotten. Sizes are observed, and asked for only of what is new: a page that ticks pays nothing.
 */
export function keyboardScrolling(root: HTMLElement): () => void {
  const seen = new WeakSet<Element>();
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const box = target.closest<HTMLElement>(SCROLLERS);
      if (box) refresh(box);
    }
  });
  const watch = (): void => {
    for (const box of root.querySelectorAll<HTMLElement>(SCROLLERS)) {
      for (const part of [box, ...box.children]) {
        if (seen.has(part)) continue;
        seen.add(part);
        sizes.observe(part);
        if (part === box) refresh(box);
      }
    }
  };
  watch();
  const changes = new MutationObserver(watch);
  changes.observe(root, { childList: true, subtree: true });
  return () => {
    changes.disconnect();
    sizes.disconnect();
  };
}
