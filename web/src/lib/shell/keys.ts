import { PAGES } from './pages.ts';

export interface KeyHelp {
  /** Each a way of its own; keys that are held together stand in one text. */
  readonly keys: readonly string[];
  readonly does: string;
}

/** Every key that the dashboard listens to: what Help and `?` show. */
export const KEYS: readonly { readonly heading: string; readonly rows: readonly KeyHelp[] }[] = [
  { heading: 'Pages', rows: PAGES.map((page) => ({ keys: [page.key], does: page.name })) },
  {
    heading: 'Everywhere',
    rows: [
      { keys: ['⌘K', 'Ctrl K'], does: 'Search pages, strategies, positions, orders and commands' },
      { keys: ['?'], does: 'This list' },
      { keys: ['Tab', 'Shift Tab'], does: 'The next or the last thing; the first Tab of a page offers to skip to its content' },
      { keys: ['Enter', 'Space'], does: 'Do what has the focus' },
      { keys: ['Esc'], does: 'Close what is open; the focus goes back to where it was' },
    ],
  },
  {
    heading: 'In a chart that has the focus',
    rows: [
      { keys: ['←', '→'], does: 'Move the crosshair and say what is there; with Shift by ten' },
      { keys: ['Home', 'End'], does: 'Crosshair to the first or the last' },
      { keys: ['+', '−', '0'], does: 'Zoom in, zoom out, show all, where a chart can' },
      { keys: ['Page up', 'Page down'], does: 'Earlier, later' },
      { keys: ['Shift drag'], does: 'Zoom to what is drawn over; dragging alone moves' },
      { keys: ['Esc'], does: 'Take the crosshair away' },
    ],
  },
];
