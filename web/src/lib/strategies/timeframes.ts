import type { Timeframe } from '@tidemark/schema/documents';

export const TIMEFRAMES: readonly { readonly value: Timeframe; readonly label: string }[] = [
  { value: 'MIN1', label: '1 minute' },
  { value: 'MIN5', label: '5 minutes' },
  { value: 'MIN15', label: '15 minutes' },
  { value: 'MIN30', label: '30 minutes' },
  { value: 'HOUR1', label: '1 hour' },
  { value: 'DAY1', label: '1 day' },
];

export function timeframeLabel(timeframe: Timeframe): string {
  return TIMEFRAMES.find((one) => one.value === timeframe)?.label ?? timeframe;
}
