/** What of a series is in view: so many bars, and so many newer ones hidden at the right. At its end it follows what comes. */
export interface View {
  readonly bars: number;
  readonly hidden: number;
}

const BARS_LEAST = 10;

export const whole = (count: number): View => ({ bars: count, hidden: 0 });

/** The nearest view that the series has. */
export function clamped(view: View, count: number): View {
  const bars = Math.min(count, Math.max(Math.min(BARS_LEAST, count), view.bars));
  return { bars, hidden: Math.min(Math.max(0, view.hidden), count - bars) };
}

/** `factor` times as many bars; what is at the share `at` of the width, 0 at the left, stays where it is. */
export function zoomed(view: View, factor: number, at: number, count: number): View {
  const { bars } = clamped({ ...view, bars: view.bars * factor }, count);
  return clamped({ bars, hidden: view.hidden + (1 - at) * (view.bars - bars) }, count);
}

/** So many bars to the past, or to the present where negative. */
export const panned = (view: View, by: number, count: number): View => clamped({ ...view, hidden: view.hidden + by }, count);

/** First and last index in view; whole bars, those that are cut included. */
export function indices(view: View, count: number): readonly [number, number] {
  const end = count - view.hidden;
  return [Math.max(0, Math.floor(end - view.bars)), Math.min(count - 1, Math.ceil(end) - 1)];
}

/** The domain of the axis: each bar has half of its room on either side. */
export function domainOf(view: View, count: number): [number, number] {
  const end = count - view.hidden - 0.5;
  return [end - view.bars, end];
}

/** Moved by as little as brings the bar into view. */
export function including(view: View, index: number, count: number): View {
  const end = count - view.hidden;
  if (index < end - view.bars) return clamped({ ...view, hidden: count - index - view.bars }, count);
  if (index > end - 1) return clamped({ ...view, hidden: count - index - 1 }, count);
  return view;
}
