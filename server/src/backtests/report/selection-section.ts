import type { BacktestResult } from '@tidemark/compute/types';
import type { SelectionFigure, SelectionRecord } from '../selection.ts';
import type { ReportFigures } from './figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { listOf, orReason } from './lists.ts';
import { formatNumber, formatPercent } from './number-format.ts';
import { selectionInWords } from './selection-words.ts';

const NOT_COUNTED = 'trials were not counted';

/** A figure of the record, with the record's reason where it has none. */
const recorded = (record: SelectionRecord | undefined, name: SelectionFigure, without: string, format: (value: number) => string): string =>
  orReason(record?.[name], format, record === undefined ? without : (record.reasons?.[name] ?? 'the record does not say'));

const share = (value: number): string => formatPercent(value, 1);

export function selectionSection({ options }: BacktestResult, { sharpe, unmeasurable, selection }: ReportFigures): Html {
  const unknown = unmeasurable ?? 'equity never moved';
  const years = (returns: number): string => `${formatNumber(returns / options.periodsPerYear, 1)} years`;
  return html`<section class="half">
    <h2>Selection <small>how far to trust the Sharpe ratio</small></h2>
    <p>${selectionInWords(selection, sharpe)}</p>
    ${listOf([
      ['Trials so far', selection === undefined ? `n/a: ${NOT_COUNTED}` : formatNumber(selection.trials, 0)],
      [
        'Sharpe ratio, 95 % interval',
        sharpe === undefined ? `n/a: ${unknown}` : `${formatNumber(sharpe.low)} to ${formatNumber(sharpe.high)}`,
      ],
      ['PSR: probability that it is above 0', orReason(sharpe?.psr, share, unknown)],
      ['DSR: that it is more than luck, after all trials', recorded(selection, 'dsr', NOT_COUNTED, share)],
      ['PBO: probability of overfitting', recorded(selection, 'pbo', NOT_COUNTED, share)],
      ['Walk-forward efficiency', recorded(selection, 'walkForwardEfficiency', 'no walk-forward was run', share)],
      ['Minimum track record, 95 %', orReason(sharpe?.trackRecordMin, years, sharpe === undefined ? unknown : 'the ratio is not above 0')],
    ])}
  </section>`;
}
