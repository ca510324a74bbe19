import type { RunResults } from '../../backtests/graphql.ts';
import type { RunSpan } from '../../backtests/drawings.ts';
import type { SymbolBars } from '../../backtests/report/baselines/marked-prices.ts';
import type { RunCone } from '../../backtests/run-cone.ts';
import type { RunFigures } from '../../backtests/run-figures.ts';
import type { SelectionRecord } from '../../backtests/selection.ts';
import type { Drawing } from '../../platform/drawing/drawing.ts';

export interface RunResultParts {
  readonly drawing: Pick<Drawing, 'figures' | 'trades' | 'curve' | 'span' | 'roundTrips' | 'cone'>;
  /** The stored result, as text. */
  readonly result: (id: string) => Promise<string | undefined>;
  readonly selection: (id: string) => Promise<SelectionRecord | undefined>;
  /** The bars of all symbols of a span; `undefined` where one has none. */
  readonly series: (span: RunSpan) => Promise<readonly SymbolBars[] | undefined>;
}

/** A page of the list of runs has 500 at most. */
const FIGURES_KEPT = 1_000;
/** A hundred points each. */
const CONES_KEPT = 50;

/** Answers what it answered before; forgets the oldest where there are too many. What is asked again while it is worked out is worked out once. */
function kept<T>(most: number, workOut: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const working = workOut(id);
    known.set(id, working);
    // A failure is for whoever asked, and is tried again.
    void working.catch(() => known.delete(id));
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return working;
  };
}

/** What the API says of stored results: read in a thread, for a run of 100,000 bars is seven megabytes of text. */
export function runResultsOf({ drawing, result, selection, series }: RunResultParts): RunResults {
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
  // What a run came to never changes once it is done.
  return {
    figures: kept<RunFigures>(FIGURES_KEPT, async (id) => await drawing.figures(await textOf(id), await selection(id))),
    cone: kept<RunCone>(CONES_KEPT, async (id) => await drawing.cone(await textOf(id))),
    // The bars may come or go: these are read anew.
    roundTrips: async (id) => {
      const text = await textOf(id);
      return await drawing.roundTrips(text, await series(await drawing.span(text)));
    },
    trades: async (id) => await drawing.trades(await textOf(id)),
    curve: async (id, points) => await drawing.curve(await textOf(id), points),
  };
}
