import type { Figure, PeriodReturn } from '@tidemark/compute/statistics';
import type { ReportFigures } from './figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { listOf, orReason } from './lists.ts';
import { formatBarTime, formatNumber, formatPercent, formatSignedPercent } from './number-format.ts';

const extremeOf = (periods: readonly PeriodReturn[], sign: 1 | -1): PeriodReturn | undefined =>
  periods.reduce<PeriodReturn | undefined>(
    (best, each) => (best === undefined || sign * each.return > sign * best.return ? each : best),
    undefined,
  );

function periodText(periods: readonly PeriodReturn[], sign: 1 | -1, reason: string): string {
  const found = extremeOf(periods, sign);
  return found === undefined ? `n/a: ${reason}` : `${formatSignedPercent(found.return)} in ${found.period}`;
}

/** Best and worst by bar, month and year, and the shape of what lies between. */
export function distributionList({ distribution, unmeasurable, months, years, daily }: ReportFigures): Html {
  if (distribution === undefined) return html`<p class="muted">n/a: ${unmeasurable}.</p>`;
  const { tail95, tail99, bestBar, worstBar } = distribution;
  const dated = (each: typeof bestBar): string => `${formatSignedPercent(each.return)} on ${formatBarTime(each.time, daily)}`;
  const tail = (value: Figure | undefined, least: number): string => orReason(value, formatPercent, `fewer than ${least} returns`);
  const flat = 'equity never moved';
  return listOf([
    ['Best bar', dated(bestBar)],
    ['Worst bar', dated(worstBar)],
    ['Best month', periodText(months, 1, 'there are no bars')],
    ['Worst month', periodText(months, -1, 'there are no bars')],
    ['Best year', periodText(years, 1, 'there are no bars')],
    ['Worst year', periodText(years, -1, 'there are no bars')],
    ['Bars above 0', formatPercent(distribution.positiveShare, 1)],
    ['Skew', orReason(distribution.skew, formatNumber, flat)],
    ['Excess kurtosis', orReason(distribution.excessKurtosis, formatNumber, flat)],
    ['Value at risk, 95 %', tail(tail95?.valueAtRisk, 100)],
    ['Expected shortfall, 95 %', tail(tail95?.expectedShortfall, 100)],
    ['Value at risk, 99 %', tail(tail99?.valueAtRisk, 500)],
    ['Expected shortfall, 99 %', tail(tail99?.expectedShortfall, 500)],
  ]);
}
