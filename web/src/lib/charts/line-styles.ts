/** Lines of several series in one chart: each differs from the others in colour and in its dashes. */
export const LINE_STYLES: readonly { readonly color: string; readonly dash: string }[] = [
  { color: 'var(--accent)', dash: '' },
  { color: 'var(--warn)', dash: '7 3' },
  { color: 'var(--up)', dash: '2 3' },
  { color: 'var(--down)', dash: '9 3 2 3' },
  { color: 'var(--text)', dash: '4 5' },
];
