import type { Figure } from '../statistics-input.ts';
import type { ParameterValues } from '../types.ts';
import type { ParameterStability } from './parameter-stability.ts';
import { columns, percent, plain, probability } from './table-text.ts';
import type { FoldResult, WalkForwardResult } from './walk-forward-result.ts';

const day = (time: string): string => (time.endsWith('T00:00:00Z') ? time.slice(0, 10) : time);

const told = (parameters: ParameterValues): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

function foldRow({ test, selection, inSample, outOfSample, efficiency }: FoldResult): readonly string[] {
  const { chosen } = selection;
  if (chosen === null || outOfSample === null) return [day(test.from), day(test.to), 'not traded', '', '', '', '', '', ''];
  return [
    day(test.from),
    day(test.to),
    told(chosen.parameters),
    plain(inSample?.sharpe ?? null),
    chosen.plateau === null ? '' : plain(chosen.plateau.ratio),
    percent(outOfSample.totalReturn),
    plain(outOfSample.sharpe),
    String(outOfSample.trades),
    plain(efficiency),
  ];
}

const HEAD = ['tested from', 'to', 'set', 'Sharpe in', 'plateau', 'return out', 'Sharpe out', 'trades', 'efficiency'];

function stabilityRow({ name, distinct, changed, mostCommon, mostCommonShare, least, largest }: ParameterStability): readonly string[] {
  const range = least === null || largest === null ? '' : `${least} to ${largest}`;
  return [name, String(distinct), changed === null ? 'n/a' : percent(changed), `${mostCommon} (${percent(mostCommonShare)})`, range];
}

/** What the figures say, in a sentence. */
function verdict({ significance: { psr, dsr, trials }, efficiency }: WalkForwardResult): string {
  if (psr === null || dsr === null) return 'Nothing was traded long enough to tell skill from luck.';
  const luck = dsr >= 0.95 ? 'it is unlikely that luck alone explains it' : 'luck alone may explain it';
  const kept = efficiency === null ? '' : ` Of a bar's return in sample, ${percent(efficiency)} was left out of sample.`;
  return `After ${trials} trials the deflated Sharpe ratio of the joined curve is ${probability(dsr)}: ${luck}.${kept}`;
}

function summaryOf(result: WalkForwardResult): readonly (readonly [string, string])[] {
  const { joined, significance, efficiency, profitableShare, folds, traded, hindsight } = result;
  const share = (value: Figure): string => (value === null ? 'n/a' : percent(value));
  return [
    ['Final equity', plain(joined.finalEquity)],
    ['Total return', percent(joined.totalReturn)],
    ['CAGR', share(joined.cagr)],
    ['Sharpe (ddof 1, annualised)', plain(joined.sharpe)],
    ['Maximum drawdown', share(joined.maxDrawdown)],
    ['Trades', String(joined.trades)],
    ['Closing between windows', plain(joined.closingCost)],
    ['Windows traded', `${traded} of ${folds.length}`],
    ['Profitable windows', share(profitableShare)],
    ['Walk-forward efficiency', share(efficiency)],
    ['PSR (true Sharpe above 0)', probability(significance.psr)],
    ['DSR (above luck of the trials)', probability(significance.dsr)],
    ['Trials', String(significance.trials)],
    ['Best set in hindsight', hindsight === null ? 'n/a' : `${told(hindsight.parameters)}: Sharpe ${plain(hindsight.figures.sharpe)}`],
    ...(joined.ruinedAt === null ? [] : [['Account lost', joined.ruinedAt] as const]),
  ];
}

/** The tables that the command prints without `--json`. */
export function formatWalkForward(result: WalkForwardResult): string {
  const { strategy, data, windows, search, folds, stability } = result;
  const summary = summaryOf(result);
  const width = Math.max(...summary.map(([label]) => label.length));
  return [
    `${strategy.name}, version ${strategy.version}`,
    `${data.symbols.join(', ')}, ${data.bars} bars, ${data.from} to ${data.to}`,
    `${windows.mode} windows: ${windows.train} bars to choose in by ${search.objective} (${search.choose}), then ${windows.test} to trade in`,
    '',
    ...columns([HEAD, ...folds.map(foldRow)]),
    '',
    ...columns([['parameter', 'values', 'changed', 'most common', 'range'], ...stability.map(stabilityRow)]),
    '',
    ...summary.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    '',
    verdict(result),
  ].join('\n');
}
