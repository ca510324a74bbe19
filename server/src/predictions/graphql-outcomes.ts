import type { Builder } from '../graphql/builder.ts';
import { badInput } from '../graphql/connections.ts';
import { ROLLING_WINDOW_MIN } from './rolling-outcomes.ts';
import type { ClassifierFigures, OutcomeFigures, ValueFigures } from './outcome-figures.ts';

const classifier = ({ figures }: OutcomeFigures): ClassifierFigures | undefined => (figures?.task === 'classes' ? figures : undefined);
const values = ({ figures }: OutcomeFigures): ValueFigures | undefined => (figures?.task === 'values' ? figures : undefined);

const WINDOW_MAX = 1_000;

/** Throws what the caller is told when it is out of bounds. */
function windowOf(window: number): number {
  if (window >= ROLLING_WINDOW_MIN && window <= WINDOW_MAX) return window;
  throw badInput(`window must be ${ROLLING_WINDOW_MIN} to ${WINDOW_MAX}, got ${window}`);
}

function addRolling(builder: Builder): void {
  builder.objectType('RollingOutcome', {
    description: 'What predictions were worth over a window of outcomes that moves on with time; null where it has no meaning.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'Start of the last bar that the window’s newest outcomes look at.' }),
      n: t.exposeInt('n', { description: 'Outcomes in the window: all of its oldest bar, so it may be more than was asked for.' }),
      accuracy: t.exposeFloat('accuracy', { nullable: true, description: 'Share of labels on the prediction’s side of one half.' }),
      baseRate: t.exposeFloat('baseRate', {
        nullable: true,
        description: 'What always saying the window’s more frequent label would have come to.',
      }),
      ic: t.exposeFloat('ic', { nullable: true, description: 'Correlation of predictions and the returns that came.' }),
    }),
  });
}

/** What predictions were worth, of the newest whose outcome is known. */
export function addOutcomeTypes(builder: Builder): void {
  addRolling(builder);
  builder.objectType('ModelOutcomes', {
    description: 'Rolling figures of a model in production; null where they have no meaning.',
    fields: (t) => ({
      n: t.exposeInt('n', { description: 'Outcomes with a label.' }),
      undecided: t.exposeInt('undecided', { description: 'Outcomes of which the label says neither.' }),
      unknownBecause: t.exposeString('unknownBecause', { nullable: true, description: 'Why there are no figures.' }),
      accuracy: t.float({ nullable: true, resolve: (all) => classifier(all)?.accuracy }),
      logLoss: t.float({ nullable: true, description: 'That of a coin is 0.693.', resolve: (all) => classifier(all)?.logLoss }),
      brier: t.float({ nullable: true, resolve: (all) => classifier(all)?.brier }),
      calibration: t.field({
        type: 'ModelReliability',
        nullable: true,
        description: 'Five bins of about as many predictions.',
        resolve: (all) => classifier(all)?.calibration,
      }),
      rmse: t.float({ nullable: true, resolve: (all) => values(all)?.rmse }),
      mae: t.float({ nullable: true, resolve: (all) => values(all)?.mae }),
      ic: t.exposeFloat('ic', { nullable: true, description: 'Correlation of predictions and the returns that came.' }),
      rankIc: t.exposeFloat('rankIc', { nullable: true, description: 'The same of their ranks.' }),
      rolling: t.field({
        type: ['RollingOutcome'],
        description: 'One point for each bar at which labels ended, oldest first; none while fewer outcomes than a window are known.',
        args: { window: t.arg.int({ required: true, defaultValue: 50 }) },
        resolve: ({ rolling }, { window }) => [...rolling(windowOf(window))],
      }),
    }),
  });
}
