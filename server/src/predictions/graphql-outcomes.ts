import type { Builder } from '../graphql/builder.ts';
import type { ClassifierFigures, OutcomeFigures, ValueFigures } from './outcome-figures.ts';

const classifier = ({ figures }: OutcomeFigures): ClassifierFigures | undefined => (figures?.task === 'classes' ? figures : undefined);
const values = ({ figures }: OutcomeFigures): ValueFigures | undefined => (figures?.task === 'values' ? figures : undefined);

/** What predictions were worth, of the newest whose outcome is known. */
export function addOutcomeTypes(builder: Builder): void {
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
    }),
  });
}
