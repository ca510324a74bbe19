import { date } from '#lib/format.ts';

interface OnBars {
  readonly symbols: readonly string[];
  /** Unknown until its bars were read. */
  readonly from: string | null;
  readonly to: string | null;
}

/** The bars that something was worked out on: "AAPL, MSFT, 4 Jan 2016 – 30 Dec 2019". */
export const onBars = ({ symbols, from, to }: OnBars): string =>
  `${symbols.join(', ')}${from && to ? `, ${date(from, 'UTC')} – ${date(to, 'UTC')}` : ''}`;
