import type { BacktestResult } from '@tidemark/compute/types';
import type { ReportFigures } from './figures.ts';

/** One thing to mind, or good to know. */
export interface Diagnostic {
  readonly weight: 'warn' | 'note';
  readonly text: string;
}

export type Look = (result: BacktestResult, figures: ReportFigures) => Diagnostic | undefined;

export const warn = (text: string): Diagnostic => ({ weight: 'warn', text });
export const note = (text: string): Diagnostic => ({ weight: 'note', text });
