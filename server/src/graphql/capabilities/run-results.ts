import type { RunResults } from '../../backtests/graphql.ts';
import type { RunFigures } from '../../backtests/run-figures.ts';
import type { SelectionRecord } from '../../backtests/selection.ts';
import type { Drawing } from '../../platform/drawing/drawing.ts';

export interface RunResultParts {
  readonly drawing: Pick<Drawing, 'figures' | 'trades' | 'curve'>;
  /** The stored result, as text. */
  readonly result: (id: string) => Promise<string | undefined>;
  readonly selection: (id: string) => Promise<SelectionRecord | undefined>;
}

/** A page of the list of runs has 500 at most. */
const FIGURES_KEPT = 1_000;

/** What the API says of stored results: read in a thread, for a run of 100,000 bars is seven megabytes of text. */
export function runResultsOf({ drawing, result, selection }: RunResultParts): RunResults {
  /** Several fields of one query want the same text. */
  const reading = new Map<string, Promise<string>>();
  const textOf = (id: string): Promise<string> => {
    const known = reading.get(id);
    if (known !== undefined) return known;
    const read = (async () => {
      try {
        const found = await result(id);
        if (found === undefined) throw new Error(`Invariant: the run ${id} is done and has no result`);
        return found;
      } finally {
        reading.delete(id);
      }
    })();
    reading.set(id, read);
    return read;
  };
  /** What a run came to never changes once it is done. Oldest first. */
  const kept = new Map<string, RunFigures>();
  const figures = async (id: string): Promise<RunFigures> => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const found = await drawing.figures(await textOf(id), await selection(id));
    kept.set(id, found);
    const [oldest] = kept.keys();
    if (kept.size > FIGURES_KEPT && oldest !== undefined) kept.delete(oldest);
    return found;
  };
  return {
    figures,
    trades: async (id) => await drawing.trades(await textOf(id)),
    curve: async (id, points) => await drawing.curve(await textOf(id), points),
  };
}
