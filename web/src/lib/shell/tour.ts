import { driver } from 'driver.js';
import type { DriveStep } from 'driver.js';
import 'driver.js/dist/driver.css';
import './tour.css';

interface Stop {
  readonly at: string;
  readonly title: string;
  readonly text: string;
}

/** What is always in view, and then where to go on. Of places that a phone does not show, none is told. */
const STOPS: readonly Stop[] = [
  {
    at: '[data-tour="mode"]',
    title: 'Whose money it is',
    text: 'Simulated, paper or live, each in its own colour. Every dialog that asks you to confirm an order says it again.',
  },
  {
    at: '[data-tour="market"]',
    title: 'The venue’s clock',
    text: 'Open or closed by the exchange’s own calendar, and when that changes. In the demonstration a day takes seconds.',
  },
  {
    at: '[data-tour="state"]',
    title: 'What may be sent now',
    text: 'ACTIVE: whatever the limits allow. HALF: half the size. REDUCING: only what makes positions smaller. HALTED and FROZEN: nothing new. Press it for limits and breakers.',
  },
  {
    at: '[data-tour="kill"]',
    title: 'The kill switch',
    text: 'On every page, also on a phone. It shows what it will do before it does it: cancel, close everything, or freeze.',
  },
  {
    at: '[aria-label="Explain Equity"]',
    title: 'Every number shows its receipts',
    text: 'explain opens the entries of the journal that a number comes from. A question mark says what a word means.',
  },
  {
    at: 'section[aria-label="Limits in use"]',
    title: 'How much room is left',
    text: 'Every order passes these limits before it is sent, whoever wants it. Change them on the page Controls: to loosen one takes a second person.',
  },
  {
    at: '[data-tour="pages"]',
    title: 'The pages',
    text: 'Strategies to begin with: each has its chart, its source and its decisions with their reasons. A page’s key opens it; press ? for all keys.',
  },
  {
    at: '[data-tour="tabs"]',
    title: 'The pages',
    text: 'Strategies to begin with: each has its chart, its source and its decisions with their reasons.',
  },
  {
    at: '[data-tour="search"]',
    title: 'Find anything',
    text: 'Pages, strategies, symbols, orders and runs. The tutorial on the page Help goes on from here.',
  },
];

const visible = ({ at }: Stop): boolean => document.querySelector(at)?.checkVisibility({ visibilityProperty: true }) ?? false;
const stepOf = ({ at, title, text }: Stop): DriveStep => ({ element: at, popover: { title, description: text } });

/** What is shown opens nothing by itself: it must not be told so to who hears the page. */
function plain(element: Element | undefined): void {
  for (const name of ['aria-haspopup', 'aria-expanded', 'aria-controls']) element?.removeAttribute(name);
}

/** Shows one thing after the other; arrow keys go on and back, Escape ends it. */
export function takeTour(): void {
  const steps = STOPS.filter(visible).map(stepOf);
  driver({
    steps,
    // While something moves, a key would be lost.
    animate: false,
    onHighlighted: (element) => plain(element),
    showProgress: true,
    progressText: '{{current}} of {{total}}',
    nextBtnText: 'Next',
    prevBtnText: 'Back',
    doneBtnText: 'Done',
    popoverClass: 'tour',
    stagePadding: 4,
    stageRadius: 6,
  }).drive();
}
