import type { Page } from 'playwright-core';

/** Where the focus stopped, in order, and what is wrong with that. */
export interface Walk {
  readonly stops: number;
  readonly problems: readonly string[];
}

interface Recorder {
  readonly stops: Element[];
  readonly unseen: string[];
  round: boolean;
}

/**
 * Runs in the page. What must be reached is asked of the document before the walk; a live page may add and remove rows
 * meanwhile, and what has gone by the end of the walk need not have been reached.
 */
function record(): number {
  const visible = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true }) && element.closest('[inert], [aria-hidden=true]') === null;
  // A dialog keeps the focus to itself: what lies behind it is out of reach, and means to be.
  const root = document.querySelector('[role=dialog]') ?? document;
  const wanted = [...root.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex]')].filter(
    (element) => element.tabIndex >= 0 && !element.matches(':disabled') && visible(element),
  );
  const recorder: Recorder = { stops: [], unseen: [], round: false };
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement) || recorder.round) return;
    if (recorder.stops.includes(target)) {
      recorder.round = true;
      return;
    }
    recorder.stops.push(target);
    const style = getComputedStyle(target);
    const box = target.getBoundingClientRect();
    const shown = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
    if (!shown || box.width === 0 || box.bottom <= 0 || box.top >= innerHeight) recorder.unseen.push(target.outerHTML.slice(0, 160));
  });
  Object.assign(window, { walk: { recorder, wanted } });
  return wanted.length;
}

/** Runs in the page, at the end of the walk. */
function judge(): Walk {
  const { recorder, wanted } = (window as unknown as { walk: { recorder: Recorder; wanted: HTMLElement[] } }).walk;
  const { stops, unseen, round } = recorder;
  const problems: string[] = unseen.map((html) => `the focus is not seen on ${html}`);
  if (!round) problems.push(`the focus does not come round: trapped, or lost after ${stops.length} stops`);
  const isReached = (element: HTMLElement): boolean =>
    stops.includes(element) ||
    // Of radio buttons with one name only one takes the focus: the arrow keys reach the others.
    (element instanceof HTMLInputElement &&
      element.type === 'radio' &&
      stops.some((stop) => stop instanceof HTMLInputElement && stop.type === 'radio' && stop.name === element.name));
  for (const element of wanted)
    if (
      element.isConnected &&
      !element.matches(':disabled') &&
      element.checkVisibility({ visibilityProperty: true }) &&
      !isReached(element)
    )
      problems.push(`Tab does not reach ${element.outerHTML.slice(0, 160)}`);
  // The walk through a dialog begins at its first field, and comes to what lies before it at the end.
  let turns = document.querySelector('[role=dialog]') ? 1 : 0;
  const connected = stops.filter((stop) => stop.isConnected);
  connected.forEach((stop, at) => {
    const next = connected[at + 1];
    if (!next || (stop.compareDocumentPosition(next) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0) return;
    turns -= 1;
    if (turns < 0) problems.push(`the order jumps back from ${stop.outerHTML.slice(0, 120)} to ${next.outerHTML.slice(0, 120)}`);
  });
  return { stops: stops.length, problems };
}

/** A text that is written keeps Tab to itself, and says beside it that Escape lets it go: a reader knows where the focus is, and so does this. */
const IN_TEXT = 'document.activeElement?.isContentEditable === true';

/** Presses Tab from the top of the page until the focus comes round: every control is reached, in the order of the page, and seen. */
export async function walkByTab(page: Page): Promise<Walk> {
  await page.evaluate('document.activeElement?.blur(), scrollTo(0, 0)');
  const wanted = await page.evaluate(record);
  const hasText = (await page.locator('[contenteditable=true]').count()) > 0;
  for (let press = 0; press < wanted + 40; press += 1) {
    if (hasText && (await page.evaluate(IN_TEXT))) await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
  }
  return page.evaluate(judge);
}
