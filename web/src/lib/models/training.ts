import type { CloneModelQuery, Timeframe, TrainModelInput } from '@tidemark/schema/documents';
import { symbolsOf } from '#lib/strategies/parameters.ts';

export const STRATEGY_KINDS = [
  { value: 'ml-direction', label: 'Direction' },
  { value: 'ml-rank', label: 'Rank' },
] as const;
export type StrategyKind = (typeof STRATEGY_KINDS)[number]['value'];

export const LABELS = [
  { value: 'direction', label: 'Direction', form: ['horizon'] },
  { value: 'return', label: 'Return', form: ['horizon'] },
  { value: 'triple-barrier', label: 'Triple barrier', form: ['horizon', 'upper', 'lower'] },
] as const;
export type LabelKind = (typeof LABELS)[number]['value'];

const TREES = ['trees', 'depthMax', 'leafSamplesMin'] as const;

/** Kinds of model, each with the parameters that matter most. What is left empty is as `docs/models.md` says. */
export const MODEL_KINDS = [
  { value: 'boosting', label: 'Boosted trees', parameters: [...TREES, 'learningRate', 'rowShare'] },
  { value: 'forest', label: 'Random forest', parameters: TREES },
  { value: 'logistic', label: 'Logistic regression', parameters: ['penalty'] },
  { value: 'ridge', label: 'Ridge regression', parameters: ['penalty'] },
  { value: 'lasso', label: 'Lasso', parameters: ['penalty'] },
  { value: 'elastic-net', label: 'Elastic net', parameters: ['penalty', 'l1Ratio'] },
  { value: 'least-squares', label: 'Least squares', parameters: [] },
] as const satisfies readonly { readonly value: string; readonly label: string; readonly parameters: readonly string[] }[];
export type ModelKind = (typeof MODEL_KINDS)[number]['value'];

/** A training as a person fills it in. */
export interface TrainingForm {
  strategy: StrategyKind;
  symbols: string;
  timeframe: Timeframe;
  /** Days, as a date field has them; empty for all bars. */
  from: string;
  to: string;
  /** Empty for the usual ten. */
  features: readonly string[];
  label: LabelKind;
  horizon: string;
  upper: string;
  lower: string;
  model: ModelKind;
  parameters: Record<string, string>;
  split: string;
  seed: string;
  parent: string | undefined;
  notes: string;
  lifeDays: string;
  /** Days; empty for never. */
  retrainDays: string;
}

export const emptyForm = (): TrainingForm => ({
  strategy: 'ml-direction',
  symbols: '',
  timeframe: 'DAY1',
  from: '',
  to: '',
  features: [],
  label: 'direction',
  horizon: '5',
  upper: '2',
  lower: '2',
  model: 'boosting',
  parameters: {},
  split: 'k-fold:5',
  seed: '0',
  parent: undefined,
  notes: '',
  lifeDays: '91',
  retrainDays: '',
});

const partsOf = (kind: LabelKind): readonly ('horizon' | 'upper' | 'lower')[] => LABELS.find(({ value }) => value === kind)?.form ?? [];

/** Names of the parameters that the form shows of this kind of model. */
export const parametersOf = (kind: ModelKind): readonly string[] => MODEL_KINDS.find(({ value }) => value === kind)?.parameters ?? [];

const filled = (text: string): string | null => (text.trim() === '' ? null : text.trim());
const instantOf = (day: string, time: string): string | null => (day === '' ? null : `${day}T${time}Z`);

/** What is sent: parameters of another kind of model than the chosen one are left out. */
export function inputOf(form: TrainingForm) {
  const parameters = parametersOf(form.model).flatMap((name) => {
    const value = filled(form.parameters[name] ?? '');
    return value === null ? [] : [{ name, value }];
  });
  return {
    strategy: form.strategy,
    symbols: symbolsOf(form.symbols),
    timeframe: form.timeframe,
    from: instantOf(form.from, '00:00:00'),
    to: instantOf(form.to, '23:59:59'),
    features: form.features.length === 0 ? null : form.features,
    label: [form.label, ...partsOf(form.label).map((part) => form[part].trim())].join(':'),
    model: form.model,
    parameters,
    split: filled(form.split),
    seed: Number(form.seed),
    parent: form.parent ?? null,
    notes: form.notes.trim(),
    lifeDays: Number(form.lifeDays),
    retrainDays: filled(form.retrainDays) === null ? null : Number(form.retrainDays),
  } satisfies TrainModelInput;
}

type Cloned = NonNullable<CloneModelQuery['cloneModel']>;

const among = <T extends string>(choices: readonly { readonly value: T }[], value: string | null | undefined): T | undefined =>
  choices.find((choice) => choice.value === value)?.value;

/** A form that asks for the same again, with the model that it came from as parent. */
export function formOf(request: Cloned): TrainingForm {
  const form = emptyForm();
  const [label, horizon = form.horizon, upper = form.upper, lower = upper] = (request.label ?? '').split(':');
  return {
    ...form,
    strategy: among(STRATEGY_KINDS, request.strategy) ?? form.strategy,
    symbols: request.symbols.join(', '),
    timeframe: request.timeframe,
    from: request.from?.slice(0, 10) ?? '',
    to: request.to?.slice(0, 10) ?? '',
    features: request.features ?? [],
    label: among(LABELS, label) ?? form.label,
    horizon,
    upper,
    lower,
    model: among(MODEL_KINDS, request.model) ?? form.model,
    parameters: Object.fromEntries(request.parameters.map(({ name, value }) => [name, value])),
    split: request.split ?? form.split,
    seed: String(request.seed),
    parent: request.parent ?? undefined,
    lifeDays: String(request.lifeDays),
    retrainDays: request.retrainDays === null ? '' : String(request.retrainDays),
  };
}

/** The field of the form that the server complains of: of parameters the one that its sentence names. */
export function fieldOf(problem: { readonly field: string; readonly message: string }, form: TrainingForm): string {
  const field = problem.field.split('.').at(-1) ?? problem.field;
  if (field !== 'parameters') return field;
  return parametersOf(form.model).find((name) => problem.message.includes(name)) ?? field;
}
