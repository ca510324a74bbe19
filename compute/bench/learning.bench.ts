/** Gradient boosting from samples to the model, beside a copy of the same matrix as doubles; on one thread and on two; one row through a model; and a logistic regression. */
import { encodeModel, modelId, openLearning, openTrainingPool, predictRow } from '../host/learning/learning.node.ts';
import type { BoostingParameters, TrainingPool } from '../host/learning/learning.node.ts';
import { madeSamples, rowOf } from '../host/learning/made-samples.ts';
import { trainLogistic } from '../host/models/logistic.ts';
import { matrixOf } from '../host/statistics-matrix.ts';
import { copyOfDoubles } from './copies.ts';
import type { Plan, Work } from './measure.ts';
import { benchOptions, progress, publish } from './publish.ts';
import { measureRow } from './rows.ts';
import type { Row } from './suite.ts';

const ROWS = 20_000;
const FEATURES = 30;
const PREDICTIONS = 1_000;
/** The leaves and the rate of LightGBM's defaults, so that figures can be laid beside those of others. */
const PARAMETERS: BoostingParameters = { objective: 'binary', trees: 200, learningRate: 0.1, depthMax: 64, leavesMax: 31 };

const options = benchOptions();
const planOf = (rounds: number, warmUps: number): Plan => ({ rounds: options.rounds ?? rounds, warmUps, budgetMs: 30_000 });
const samples = madeSamples('class', { rows: ROWS, features: FEATURES });
const learning = await openLearning();
const units = { count: ROWS * FEATURES, of: 'value' };
const TITLE = '200 trees of 31 leaves on 20,000 rows × 30 features';

async function trainingRow(): Promise<Row> {
  progress(TITLE);
  const subject: Work = { name: 'training', run: () => learning.boost(samples, PARAMETERS) };
  const reference = copyOfDoubles(ROWS * FEATURES);
  return measureRow({
    name: `${TITLE}, one thread`,
    figure: 'ratio',
    clock: 'cpu',
    units,
    subject,
    reference,
    goal: 1_400,
    ...planOf(7, 2),
  });
}

async function threadsRow(): Promise<Row> {
  const name = `${TITLE}: two threads against one`;
  progress(name);
  const [two, one] = await Promise.all([2, 1].map((threads) => openTrainingPool({ threads })));
  if (two === undefined || one === undefined) throw new Error('Invariant: there are two pools');
  await checkSame(two, one);
  const work = (of: string, pool: TrainingPool): Work => ({ name: of, run: () => pool.boost(samples, PARAMETERS) });
  const subject = work('2 threads', two);
  const reference = work('1 thread', one);
  const row = await measureRow({ name, figure: 'speed-up', clock: 'wall', units, subject, reference, goal: 1.6, ...planOf(9, 2) });
  await Promise.all([two.close(), one.close()]);
  return row;
}

/** Speed is of no use where the model is another one. */
async function checkSame(two: TrainingPool, one: TrainingPool): Promise<void> {
  const ids = (await Promise.all([two, one].map((pool) => pool.boost(samples, PARAMETERS)))).map(({ model }) =>
    modelId(encodeModel(model)),
  );
  if (ids[0] !== ids[1]) throw new Error(`Invariant: two threads give model ${ids[0]} and one gives ${ids[1]}`);
}

async function predictionRow(): Promise<Row> {
  const name = 'one row through 200 trees of 31 leaves';
  progress(name);
  const { model } = learning.boost(samples, PARAMETERS);
  const rows = Array.from({ length: PREDICTIONS }, (_, row) => rowOf(samples.columns, row));
  const subject: Work = { name: 'walker', run: () => rows.reduce((sum, row) => sum + (predictRow(model, row)[0] ?? 0), 0) };
  const predicted = { count: PREDICTIONS, of: 'row' };
  // 0.05 million rows a second are 20 µs a row.
  return measureRow({ name, figure: 'rate', clock: 'least', units: predicted, subject, goal: 0.05, ...planOf(15, 5) });
}

async function logisticRow(): Promise<Row> {
  const name = 'logistic regression on 20,000 rows × 30 features';
  progress(name);
  const x = matrixOf(samples.columns);
  const data = { features: samples.names, x, y: samples.target };
  const subject: Work = { name: 'logistic', run: () => trainLogistic(data) };
  // 2 million values a second are 0.3 s for all.
  return measureRow({ name, figure: 'rate', clock: 'least', units, subject, goal: 2, ...planOf(9, 3) });
}

const rows = [await trainingRow(), await threadsRow(), await predictionRow(), await logisticRow()];
publish(
  {
    name: 'learning',
    title: 'Models',
    about: [
      'Log-loss boosting from columns of doubles to the model, bins included, by processor time; the ratio is to copying that matrix.',
      'Two threads: by elapsed time, the samples sent to the threads included, after a check that both give the same bytes. A row: from its values to the probability.',
      'Logistic regression: checks, standardisation and Newton’s method to the optimum.',
    ],
    rows,
    peers: [],
    missing: [],
  },
  options,
);
