import type { Figure } from '../statistics-input.ts';
import { COIN_LOG_LOSS } from '../validation/classification.ts';
import type { ModelManifest } from './manifest.ts';
import type { ClassifierFold, ValueFold } from './validate.ts';

/** The direction of a price is close to noise: on ten years and more of real bars AUC lies between 0.49 and 0.53. */
const SUSPICIOUS_AUC = 0.54;
const ERRORS = 2;

const shown = (value: Figure, digits = 4): string => (value === null ? 'n/a' : value.toFixed(digits));
const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

interface Spread {
  readonly mean: number;
  /** Standard error of the mean, as if folds were independent, which is a little too small; not-a-number of one fold. */
  readonly error: number;
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** `nothing`: no better than who learns nothing. `luck`: better, but no more than chance may give. `found`: better than that. */
export const STANDINGS = ['nothing', 'luck', 'found'] as const;
export type Standing = (typeof STANDINGS)[number];

/** What may be concluded from the folds, in a word and in sentences. */
export interface Judgement {
  readonly standing: Standing;
  readonly sentences: readonly string[];
}

const spanOf = ({ fromMs, toMs }: { fromMs: number; toMs: number }): string => `${dayOf(fromMs)} to ${dayOf(toMs)}`;

function classifierTable(folds: readonly ClassifierFold[]): readonly string[] {
  const figures = (fold: ClassifierFold): readonly string[] =>
    [fold.found.auc, fold.found.logLoss, fold.logistic.auc, fold.logistic.logLoss, fold.baseRateLogLoss].map((value) => shown(value));
  const rows = folds.map((fold, place) => [String(place + 1), spanOf(fold), String(fold.testRows), ...figures(fold)]);
  const head = ['fold', 'unseen rows from', 'rows', 'AUC', 'log-loss', 'logistic AUC', 'log-loss', 'base rate'];
  return table([head, ...rows]);
}

function classifierJudgement(folds: readonly ClassifierFold[], isDirection: boolean): Judgement {
  const mean = (of: (fold: ClassifierFold) => number): number => spreadOf(folds.map(of)).mean;
  const aucs = spreadOf(folds.flatMap(({ found }) => (found.auc === null ? [] : [found.auc])));
  const [loss, logistic, base] = [
    mean(({ found }) => found.logLoss),
    mean((fold) => fold.logistic.logLoss),
    mean((fold) => fold.baseRateLogLoss),
  ];
  const bars = [
    { than: `a coin's ${COIN_LOG_LOSS.toFixed(4)}`, loss: COIN_LOG_LOSS },
    { than: `the base rate's ${base.toFixed(4)}`, loss: base },
    { than: `the logistic regression's ${logistic.toFixed(4)}`, loss: logistic },
  ];
  const missed = bars.filter((bar) => !(loss < bar.loss)).map(({ than }) => than);
  const wins = folds.filter(({ found, baseRateLogLoss }) => found.logLoss < Math.min(baseRateLogLoss, COIN_LOG_LOSS)).length;
  const figures = `Mean AUC ${shown(aucs.mean)} ± ${shown(aucs.error)} (standard error over folds); mean log-loss ${shown(loss)}.`;
  const [standing, conclusion] = classifierConclusion(missed, aucs, `${wins} of ${folds.length}`);
  const sentences = [figures, conclusion];
  if (isDirection && aucs.mean > SUSPICIOUS_AUC)
    sentences.push(
      `An AUC above ${SUSPICIOUS_AUC} on the direction of a price is more than honest bars give: look for a leak before you believe it.`,
    );
  return { standing, sentences };
}

function classifierConclusion(missed: readonly string[], aucs: Spread, wins: string): readonly [Standing, string] {
  if (missed.length > 0)
    return [
      'nothing',
      `Nothing was found: mean log-loss on unseen rows is not below ${missed.join(', nor ')}. Traded, this earns noise less costs.`,
    ];
  if (!(aucs.mean - ERRORS * aucs.error > 0.5))
    return [
      'luck',
      `It is below a coin, base rate and logistic regression, but within ${ERRORS} standard errors of an AUC of 0.5: this may well be luck.`,
    ];
  return ['found', `It beats a coin, the base rate and a logistic regression on average, and coin and base rate in ${wins} folds.`];
}

function valueTable(folds: readonly ValueFold[]): readonly string[] {
  const figures = (fold: ValueFold): readonly string[] => [
    shown(fold.found.rankIc),
    shown(fold.found.r2),
    fold.found.rmse.toPrecision(4),
    shown(fold.ridge.rankIc),
    fold.ridge.rmse.toPrecision(4),
    fold.meanRmse.toPrecision(4),
  ];
  const rows = folds.map((fold, place) => [String(place + 1), spanOf(fold), String(fold.testRows), ...figures(fold)]);
  const head = ['fold', 'unseen rows from', 'rows', 'rank IC', 'R²', 'RMSE', 'ridge rank IC', 'RMSE', "the mean's"];
  return table([head, ...rows]);
}

function valueJudgement(folds: readonly ValueFold[]): Judgement {
  const ics = spreadOf(folds.flatMap(({ found }) => (found.rankIc === null ? [] : [found.rankIc])));
  const below = folds.filter(({ found, meanRmse }) => found.rmse < meanRmse).length;
  const isLuck = !(ics.mean - ERRORS * ics.error > 0);
  return {
    standing: isLuck ? 'nothing' : 'found',
    sentences: [
      `Mean rank IC ${shown(ics.mean)} ± ${shown(ics.error)} (standard error over folds); closer than the mean of what was learnt in ${below} of ${folds.length} folds.`,
      isLuck
        ? `Nothing was found: the rank IC is within ${ERRORS} standard errors of 0. Traded, this earns noise less costs.`
        : `Its order of rows is better than chance by more than ${ERRORS} standard errors.`,
    ],
  };
}

/** What the folds of a training say of its model. */
export function judgementOf({ validation, dataset }: Pick<ModelManifest, 'validation' | 'dataset'>): Judgement {
  const { label } = dataset.manifest.spec;
  const isDirection = label.kind === 'fixed-horizon' && label.target === 'direction';
  return validation.task === 'classes' ? classifierJudgement(validation.folds, isDirection) : valueJudgement(validation.folds);
}

/** What a training came to, for people: each fold beside its baselines, and what may be concluded. */
export function trainingSummary(manifest: ModelManifest): string {
  const { dataset, validation, strategy, training, features } = manifest;
  const { rows, bars, dropped, symbols, firstAtMs, lastAtMs, spec } = dataset.manifest;
  const left = Object.entries(dropped).filter(([, count]) => count > 0);
  return [
    `${strategy.name} by ${manifest.kind}, over ${symbols.length === 1 ? symbols[0] : `${symbols.length} symbols`}`,
    `model    ${manifest.id} (${manifest.model.bytes} bytes)`,
    `module   ${strategy.version} (${strategy.bytes} bytes)`,
    `dataset  ${dataset.hash}`,
    `         ${rows} rows of ${bars} bars, ${dayOf(firstAtMs)} to ${dayOf(lastAtMs)}; left out: ${left.map(([why, count]) => `${why} ${count}`).join(', ') || 'none'}`,
    `features ${features.map(({ name, version }) => `${name}@${version}`).join(', ')}`,
    `label    ${JSON.stringify(spec.label)}, seed ${training.seed}`,
    '',
    ...(validation.task === 'classes' ? classifierTable(validation.folds) : valueTable(validation.folds)),
    '',
    ...judgementOf(manifest).sentences,
    'These figures are of this one try. Whoever tries again until they please finds the luckiest, not the best: count your tries.',
    '',
  ].join('\n');
}
