import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** Read once; given to the page by the debugger, which the page's content security policy rightly does not bind: the policy stays as it is. */
const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** All of WCAG 2.2 up to AA that a machine can judge, and the habits that axe calls best. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] as const;

/** What fades in or flashes is judged once it has; what goes on for ever is judged as it is. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });

async function findings(page: Page, only: object): Promise<readonly string[]> {
  await page.evaluate(await source);
  await settled(page);
  const options = JSON.stringify({ resultTypes: ['violations'], runOnly: only });
  const { violations } = await page.evaluate<{ violations: readonly Finding[] }>(`axe.run(document, ${options})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n${node.html}\n${node.failureSummary}`));
}

/** What axe finds serious or critical on the page as it is now. */
export const seriousFindings = (page: Page): Promise<readonly string[]> => findings(page, { type: 'tag', values: TAGS });

const rules = (...values: readonly string[]): object => ({ type: 'rule', values });

/** Only what colours decide: for the other theme of a page whose structure has been judged. */
export const contrastFindings = (page: Page): Promise<readonly string[]> => findings(page, rules('color-contrast'));

/** What a narrower window can change on a page that has been judged: colours, the room for a finger, what scrolls, what is hidden. */
export const narrowFindings = (page: Page): Promise<readonly string[]> =>
  findings(
    page,
    rules('color-contrast', 'target-size', 'scrollable-region-focusable', 'aria-hidden-focus', 'button-name', 'link-name', 'label'),
  );
