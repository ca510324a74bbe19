import type { BacktestResult } from '@tidemark/compute/types';
import { isHolding } from './baselines/baselines.ts';
import type { Baseline } from './baselines/baselines.ts';
import type { RandomRuns } from './baselines/random-runs.ts';
import type { ReportFigures } from './figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { listOf, orReason } from './lists.ts';
import { formatNumber, formatPercent, formatSignedPercent, formatSignedUsd } from './number-format.ts';
import { randomChart } from './return-charts.ts';

interface Row {
  readonly label: string;
  readonly figures: Omit<Baseline, 'name' | 'regret'> | { readonly reason: string };
  /** The run itself has none. */
  readonly regret?: number;
}

const COLUMNS = ['', 'Total return', 'Sharpe', 'Volatility', 'Drawdown', 'Regret'] as const;

function baselineRow({ label, figures, regret }: Row, cash: number): Html {
  if ('reason' in figures)
    return html`<tr>
      <td>${label}</td>
      <td class="left muted reason" colspan="5">n/a: ${figures.reason}</td>
    </tr>`;
  return html`<tr>
    <td>${label}</td>
    <td>${formatSignedPercent(figures.totalReturn)}</td>
    <td>${formatNumber(figures.sharpe)}</td>
    <td>${formatPercent(figures.volatility, 1)}</td>
    <td>${formatPercent(figures.maxDrawdown, 1)}</td>
    <td>${regret === undefined ? '' : html`${formatSignedPercent(regret)} <small>${formatSignedUsd(regret * cash, 0)}</small>`}</td>
  </tr>`;
}

const rankText = (rank: number, { runs }: RandomRuns): string => `better than ${formatPercent(rank, 1)} of ${formatNumber(runs, 0)}`;

function randomPart(random: RandomRuns, own: number): Html {
  return html`<h3>Among random runs with the same risk</h3>
    ${randomChart(random, own)}
    ${listOf([
      ['By total return', rankText(random.totalReturnRank, random)],
      ['By Sharpe ratio', rankText(random.sharpeRank, random)],
      ['Their total returns, 5 % to 95 %', `${formatSignedPercent(random.low, 1)} to ${formatSignedPercent(random.high, 1)}`],
    ])}`;
}

/** The run beside what needs no skill. */
export function baselineSection({ metrics, options }: BacktestResult, { baselines }: ReportFigures): Html {
  const { cash, holding, random } = baselines;
  const rows: readonly Row[] = [
    { label: 'This run', figures: metrics },
    { label: cash.name, figures: cash, regret: cash.regret },
    isHolding(holding) ? { label: holding.name, figures: holding, regret: holding.regret } : { label: 'Buy and hold', figures: holding },
    'reason' in random
      ? { label: 'Random, same risk', figures: random }
      : {
          label: 'Random, same risk: median',
          figures: random.median,
          regret: random.median.totalReturn - metrics.totalReturn,
        },
  ];
  return html`<section class="two-thirds broad">
    <h2>Against baselines <small>regret: what the baseline returned more</small></h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${COLUMNS.map((column) => html`<th>${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => baselineRow(row, options.cash))}
        </tbody>
      </table>
    </div>
    ${'reason' in random ? false : randomPart(random, metrics.totalReturn)}
  </section>`;
}

/** Bar by bar against buying and holding. */
export function benchmarkSection({ baselines: { holding } }: ReportFigures): Html {
  if (!isHolding(holding))
    return html`<section class="third">
      <h2>Against buying and holding</h2>
      <p class="muted">n/a: ${holding.reason}.</p>
    </section>`;
  const still = 'the benchmark never moved';
  const same = 'the run never differed from it';
  return html`<section class="third">
    <h2>
      Against buying and holding <small>bar by bar, ${holding.name.replace('Buy and hold ', '').replace('Buy and hold, ', '')}</small>
    </h2>
    ${listOf([
      ['Alpha, annual', orReason(holding.alpha, formatPercent, still)],
      ['Beta', orReason(holding.beta, formatNumber, still)],
      ['Correlation', orReason(holding.correlation, formatNumber, 'one of them never moved')],
      ['Information ratio', orReason(holding.informationRatio, formatNumber, same)],
      ['Tracking error, annual', orReason(holding.trackingError, formatPercent, same)],
    ])}
  </section>`;
}
