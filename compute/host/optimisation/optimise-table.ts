import type { OptimiseResult } from './optimise.ts';
import type { SelectedSet } from './selection.ts';
import { columns, percent, plain, probability } from './table-text.ts';

function setRow(name: string, { parameters, score, figures, plateau }: SelectedSet): readonly string[] {
  const set = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  const around = plateau === null ? ['n/a', 'n/a'] : [plain(plateau.median), plain(plateau.ratio)];
  const { total_return: total, sharpe, max_drawdown: depth, trades } = figures;
  return [name, set.join(' '), plain(score), ...around, percent(total ?? 0), plain(sharpe), percent(depth ?? 0), String(trades ?? 0)];
}

const HEAD = ['', 'set', 'score', 'plateau', 'ratio', 'return', 'Sharpe', 'drawdown', 'trades'];

function setLines({ selection: { chosen, peak } }: OptimiseResult): readonly string[] {
  if (chosen === null) return ['No set fulfils the constraint and has a score.'];
  return columns([HEAD, setRow('chosen', chosen), ...(peak === null || peak === chosen ? [] : [setRow('peak', peak)])]);
}

function luckLines({ significance, overfitting, combinatorial, selection, cone }: OptimiseResult): readonly (readonly [string, string])[] {
  const { trials } = selection;
  const share = (value: number | null): string => (value === null ? 'n/a' : percent(value));
  const end = cone?.points.at(-1)?.wealth ?? [];
  return [
    ['Sets run, refused, eligible', `${trials.sets}, ${trials.refused}, ${trials.eligible}`],
    ['PSR (true Sharpe above 0)', probability(significance.psr)],
    [`DSR (above luck of ${significance.trials} trials)`, probability(significance.dsr)],
    [`PBO (${overfitting.splits} splits of ${overfitting.blocks} blocks)`, share(overfitting.pbo)],
    ['Choice loses outside', share(overfitting.probabilityOfLoss)],
    [
      `Sharpe of ${combinatorial.sharpes.length} unseen paths`,
      `${plain(combinatorial.least)} to ${plain(combinatorial.largest)}, mean ${plain(combinatorial.mean)}`,
    ],
    ['Best in sample by the same returns', plain(combinatorial.inSample)],
    ...(cone === null
      ? []
      : [
          [
            `Wealth at the end, ${cone.paths} resampled paths`,
            `${end.map((value) => value.toFixed(2)).join('  ')} (${cone.shares.map((each) => `${each * 100} %`).join(', ')})`,
          ] as const,
        ]),
  ];
}

/** What the figures say, in a sentence. */
function verdict({ significance: { dsr }, overfitting: { pbo }, selection: { trials } }: OptimiseResult): string {
  if (dsr === null || pbo === null) return 'There is too little to tell skill from luck.';
  const luck = dsr >= 0.95 ? 'luck alone hardly explains the choice' : 'the best of so many sets may look like this by luck alone';
  return `Of ${trials.sets} sets: ${luck} (DSR ${probability(dsr)}), and in ${percent(pbo)} of the splits the best of one half was below the middle of the other.`;
}

/** The tables that the command prints without `--json`. */
export function formatOptimise(result: OptimiseResult): string {
  const { strategy, data } = result;
  const luck = luckLines(result);
  const width = Math.max(...luck.map(([label]) => label.length));
  return [
    `${strategy.name}, version ${strategy.version}`,
    `${data.symbols.join(', ')}, ${data.bars} bars, ${data.from} to ${data.to}`,
    '',
    ...setLines(result),
    '',
    ...luck.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    '',
    verdict(result),
  ].join('\n');
}
