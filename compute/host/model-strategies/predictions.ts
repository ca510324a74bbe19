import { explainRow } from '../learning/shap.ts';
import type { LinearModel } from '../models/model.ts';
import { standardise } from '../models/standardisation.ts';
import { at } from '../rows-input.ts';
import type { SymbolSeries } from '../timeline.ts';
import type { ParameterValues } from '../types.ts';
import { ModelFileError, featuresOf, isClassifier, type AnyModel } from './any-model.ts';
import type { ModelFolder } from './folder.ts';
import { openModelModule, type Observation } from './model-module.ts';

/** What adds up to the score of one row, in the score's own unit: log odds of a boosted or linear classifier, else the value or share. */
export interface RowExplanation {
  readonly base: number;
  /** One a feature. */
  readonly contributions: Float64Array;
}

/** Exact Shapley values: of trees by their paths, of linear models each coefficient times the standardised feature. */
export function explainAny(known: AnyModel, row: Float64Array): RowExplanation {
  if (known.form === 'linear') return explainLinear(known.model, row);
  if (known.form === 'naive-bayes') throw new ModelFileError('Naive Bayes has no explanation by row: leave the explanation out.');
  const { base, contributions } = explainRow(known.model, row);
  return { base: at(base, 0), contributions: contributions[0] ?? new Float64Array() };
}

function explainLinear({ coefficients, intercept, standardisation }: LinearModel, row: Float64Array): RowExplanation {
  const contributions = row.map((value, column) => at(coefficients, column) * standardise(value, standardisation, column));
  return { base: intercept, contributions };
}

export interface PredictOptions {
  readonly parameters: ParameterValues;
  readonly features: boolean;
  readonly explain: boolean;
}

const number = (value: number): string => (Number.isFinite(value) ? String(value) : '');
const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * A CSV, line by line: what the module predicts at each bar, and what that comes to, by the module's own code. The decision is that of a strategy without a position:
 * one that trades holds as long as its parameters say, and says a decision once. A cell is empty where there is no value yet. Throws a {@link ModelFileError} where the
 * module's features are not those of the model.
 */
export function* predictionLines(
  { model, module }: ModelFolder,
  series: readonly SymbolSeries[],
  options: PredictOptions,
): Iterable<string> {
  const opened = openModelModule(module, series, options.parameters);
  const features = featuresOf(model);
  if (opened.features.join() !== features.join())
    throw new ModelFileError(
      `The module computes ${opened.features.join(', ')}, and the model takes ${features.join(', ')}: they are not of one training.`,
    );
  const head = [
    'time',
    'symbol',
    isClassifier(model) ? 'probability' : 'value',
    'decision',
    'reason',
    ...(options.features ? features : []),
    ...(options.explain ? ['base', ...features.map((name) => `shap_${name}`)] : []),
  ];
  yield `${head.join(',')}\n`;
  for (const seen of opened.observe()) yield `${cellsOf(model, series, seen, options).join(',')}\n`;
}

function cellsOf(
  model: AnyModel,
  series: readonly SymbolSeries[],
  seen: Observation,
  { features, explain }: PredictOptions,
): readonly string[] {
  const { atMs, symbol, score, verdict, reason, row } = seen;
  const decision = verdict === 'unknown' ? '' : verdict.toUpperCase();
  const cells = [new Date(atMs).toISOString(), quoted(series[symbol]?.symbol ?? ''), number(score), decision, quoted(reason)];
  return [...cells, ...(features ? Array.from(row, number) : []), ...(explain ? explanationCells(model, row, score) : [])];
}

function explanationCells(model: AnyModel, row: Float64Array, score: number): readonly string[] {
  if (Number.isNaN(score)) return ['', ...Array.from(row, () => '')];
  const { base, contributions } = explainAny(model, row);
  return [number(base), ...Array.from(contributions, number)];
}
