/** Objectives, plateaus, walk-forward and what else tells a good set of parameters from a lucky one. For Node. */
export { parseCriterion, DEFAULT_OBJECTIVE } from './objective.ts';
export type { Criterion, Judge, Judged } from './objective.ts';
export type { Plateau } from './plateau.ts';
export { checkSpace, search } from './search.ts';
export type { ParameterSpace } from './search.ts';
export { CHOICES, Selector } from './selection.ts';
export type { SelectedSet, Selection, SelectionSpec, Trials } from './selection.ts';
export { FIGURE_NAMES } from './set-figures.ts';
export type { FigureName, SetFigures } from './set-figures.ts';
export { runWalkForward, WalkForward } from './walk-forward.ts';
export type { WalkForwardOptions, WalkForwardProgress, WalkForwardRequest } from './walk-forward.ts';
export { runWalkForwardCommand } from './walk-forward-command.ts';
export type { WalkForwardCommand, WalkForwardCommandResult, WalkForwardOutput } from './walk-forward-command.ts';
export type { FoldResult, FoldSearch, JoinedFigures, WalkForwardResult, WalkForwardSelection } from './walk-forward-result.ts';
export { formatWalkForward } from './walk-forward-table.ts';
export { foldsOf, WINDOW_MODES } from './windows.ts';
export type { BarSpan, Fold, WindowOptions } from './windows.ts';
