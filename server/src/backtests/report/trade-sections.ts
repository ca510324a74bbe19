import type { BacktestResult } from '@tidemark/compute/types';
import type { ReportFigures } from './figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { listOf, orReason } from './lists.ts';
import {
  directionOf,
  formatBarTime,
  formatNumber,
  formatPercent,
  formatSignedPercent,
  formatSignedUsd,
  formatUsd,
  plural,
} from './number-format.ts';
import type { RoundTrip } from './round-trips.ts';

import { excursionChart, tradePnlChart } from './trade-charts.ts';

/** A longer list belongs into a table of its own: the JSON in the report holds every trade. */
const LISTED_MAX = 500;

function tripList({ tripSummary: trips }: ReportFigures): Html {
  const of = (value: number | null, format: (value: number) => string): string => orReason(value, format, 'no trade was closed');
  const excursionText = (value: number | null): string =>
    orReason(
      value,
      (known) => formatSignedPercent(known, 1),
      trips.closed + trips.open === 0 ? 'there were no trades' : 'the bars are not at hand',
    );
  return listOf([
    ['Closed, open at the end', `${trips.closed}, ${trips.open}`],
    ['Won, lost', `${trips.wins}, ${trips.losses}`],
    ['Longest run of wins, of losses', `${trips.winStreakMax}, ${trips.lossStreakMax}`],
    ['Bars held: mean', of(trips.barsHeldMean, (value) => formatNumber(value, 1))],
    ['Bars held: median', of(trips.barsHeldMedian, (value) => formatNumber(value, 1))],
    ['Bars held: longest', of(trips.barsHeldMax, (value) => formatNumber(value, 0))],
    ['Worst price while held: median', excursionText(trips.adverseMedian)],
    ['Best price while held: median', excursionText(trips.favourableMedian)],
    ['Best trade', of(trips.best, formatSignedUsd)],
    ['Worst trade', of(trips.worst, formatSignedUsd)],
    ['Best trade, of all winnings', orReason(trips.bestShare, (value) => formatPercent(value, 1), 'no trade won')],
  ]);
}

export function tradesSections(figures: ReportFigures): Html {
  const { trips } = figures;
  const excursions = trips.some(({ adverse }) => adverse !== null);
  const none = html`<p class="muted">n/a: there were no trades.</p>`;
  return html`<section class="two-thirds">
      <h2>Profit and loss of each trade <small>net of commission, in order of entry${trips.length > 500 && ', the newest 500'}</small></h2>
      ${trips.length === 0 ? none : tradePnlChart(figures)}
    </section>
    <section class="third">
      <h2>Round trips</h2>
      ${tripList(figures)}
    </section>
    ${
      excursions &&
      html`<section class="half">
          <h2>Worst price while held (MAE) <small>across, against the entry · up: net return</small></h2>
          ${excursionChart(figures, 'adverse')}
        </section>
        <section class="half">
          <h2>Best price while held (MFE) <small>across, against the entry · up: net return</small></h2>
          ${excursionChart(figures, 'favourable')}
        </section>`
    }`;
}

function tradeRow({ trade, netPnl, return: gain, barsHeld, adverse, favourable }: RoundTrip, index: number, daily: boolean): Html {
  const direction = directionOf(netPnl, 2);
  return html`<tr>
    <td>${index + 1}</td>
    <td class="left">${trade.symbol}</td>
    <td class="left">${trade.direction}</td>
    <td>${formatNumber(trade.size, Number.isInteger(trade.size) ? 0 : 4)}</td>
    <td>${formatBarTime(trade.entryTime, daily)}</td>
    <td>${formatNumber(trade.entryPrice, 4)}</td>
    <td>${trade.exitTime === null ? 'open' : formatBarTime(trade.exitTime, daily)}</td>
    <td>${trade.exitPrice === null ? 'open' : formatNumber(trade.exitPrice, 4)}</td>
    <td>${barsHeld === null ? 'open' : formatNumber(barsHeld, 0)}</td>
    <td>${adverse === null ? 'n/a' : formatPercent(adverse, 1)}</td>
    <td>${favourable === null ? 'n/a' : formatPercent(favourable, 1)}</td>
    <td>${formatUsd(trade.commission)}</td>
    <td class="${direction}">${formatSignedUsd(netPnl)}</td>
    <td class="${direction}">${formatSignedPercent(gain)}</td>
  </tr>`;
}

const COLUMNS = ['#', 'Symbol', 'Side', 'Size', 'Entry', 'at', 'Exit', 'at', 'Bars', 'MAE', 'MFE', 'Fees', 'Net P&L', 'Return'];

export function tradeListSection({ trips, daily }: ReportFigures): Html {
  if (trips.length === 0) return html``;
  const shown = trips.slice(0, LISTED_MAX);
  const left = trips.length - shown.length;
  return html`<section class="long">
    <h2>
      Trades <small>round trips, matched first in, first out; MAE and MFE are the worst and best price while held, against the entry</small>
    </h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${COLUMNS.map((column, index) => html`<th class="${(index === 1 || index === 2) && 'left'}">${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map((trip, index) => tradeRow(trip, index, daily))}
        </tbody>
      </table>
    </div>
    ${left > 0 && html`<p class="muted">${plural(left, 'more trade')} in the JSON that this file holds.</p>`}
  </section>`;
}

export function denialsSection({ denials: all }: BacktestResult, { denials, daily }: ReportFigures): Html {
  const row = ({ code, count, first }: ReportFigures['denials'][number]): Html =>
    html`<tr>
      <td>${code}</td>
      <td>${formatNumber(count, 0)}</td>
      <td>${formatBarTime(first.time, daily)}</td>
      <td class="left">${first.symbol}</td>
      <td>${formatNumber(first.limit)}</td>
      <td>${formatNumber(first.actual)}</td>
    </tr>`;
  return html`<section>
    <h2>Denied orders <small>${formatNumber(all.length, 0)} in all</small></h2>
    ${
      denials.length === 0
        ? html`<p class="muted">None.</p>`
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>Code</th>
                  <th>Orders</th>
                  <th>First</th>
                  <th class="left">Symbol</th>
                  <th>Limit</th>
                  <th>Actual</th>
                </tr>
              </thead>
              <tbody>
                ${denials.map(row)}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}
