import type { CostSensitivity } from './cost-sensitivity.ts';
import type { ReportFigures } from './figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { formatNumber, formatSignedPercent } from './number-format.ts';
import { costsChart } from './trade-charts.ts';

function sensitivityTable({ basis, steps, breakEvenBps }: CostSensitivity, own: { totalReturn: number; sharpe: number | null }): Html {
  const again = basis === 'run again';
  const row = (label: string, totalReturn: number, sharpe: number | null): Html =>
    html`<tr>
      <td>${label}</td>
      <td>${formatSignedPercent(totalReturn)}</td>
      ${again && html`<td>${formatNumber(sharpe)}</td>`}
    </tr>`;
  return html`<h3>
      Were each fill dearer <small>${again ? 'the strategy was run again over the same bars' : 'the same fills, from the fees'}</small>
    </h3>
    <table>
      <thead>
        <tr>
          <th>Cost of a fill</th>
          <th>Total return</th>
          ${again && html`<th>Sharpe</th>`}
        </tr>
      </thead>
      <tbody>
        ${row('as in this run', own.totalReturn, own.sharpe)}
        ${steps.map(({ extraBps, totalReturn, sharpe }) => row(`+ ${extraBps} bps`, totalReturn, sharpe))}
      </tbody>
    </table>
    <p class="muted">
      ${
        breakEvenBps === null
          ? 'There is no profit that costs could take.'
          : `About ${formatNumber(breakEvenBps, breakEvenBps < 10 ? 1 : 0)} bps more on each fill would take the whole profit.`
      }
    </p>`;
}

export function costsSection({ costs, costSensitivity, headline }: ReportFigures): Html {
  const valueOf = (name: string): number | null => headline.find((figure) => figure.name === name)?.value ?? null;
  return html`<section class="half">
    <h2>From gross to net <small>dollars, open trades at their last mark</small></h2>
    ${costsChart(costs)}
    ${
      costSensitivity !== undefined &&
      sensitivityTable(costSensitivity, { totalReturn: valueOf('totalReturn') ?? Number.NaN, sharpe: valueOf('sharpe') })
    }
  </section>`;
}
