import { instantText, optionWords, spanWords } from '../backtests/job.ts';
import type { StudyJob, WalkSpec } from './study.ts';

const quoted = (name: string, text: string | undefined): readonly string[] => (text === undefined ? [] : [`--${name}`, `'${text}'`]);

const walkWords = ({ windows, selection }: WalkSpec): readonly string[] => [
  '--train',
  String(windows.train),
  '--test',
  String(windows.test),
  ...(windows.mode === 'rolling' ? [] : ['--mode', windows.mode]),
  ...quoted('objective', selection.objective),
  ...quoted('constraint', selection.constraint),
  ...(selection.choose === undefined || selection.choose === 'peak' ? [] : ['--choose', selection.choose]),
  ...(selection.plateauSteps === undefined ? [] : ['--plateau-steps', String(selection.plateauSteps)]),
];

/** The command that does the same over a file of the bars. Nothing of it is counted among the trials of the database. */
export function commandOf(job: StudyJob): string {
  const { grid, where, method, samples } = job.space;
  const words = [
    `npx tidemark ${job.walk === undefined ? 'sweep' : 'walk-forward'} --csv bars.csv --strategy`,
    job.strategyFlag,
    ...grid.flatMap((axis) => ['--grid', axis]),
    ...quoted('where', where),
    ...(method === 'grid' ? [] : ['--method', method, '--samples', String(samples)]),
    ...(job.walk === undefined ? [] : walkWords(job.walk)),
    ...spanWords({ parameters: job.parameters, from: instantText(job.from), to: instantText(job.to) }),
    ...optionWords(job.options),
  ];
  return words.join(' ');
}
