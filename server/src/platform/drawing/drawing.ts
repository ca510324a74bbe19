import { openKillableWorker } from '@tidemark/compute';
import type { KillableWorker } from '@tidemark/compute';
import type { RunComparison } from '../../backtests/comparison/compare-runs.ts';
import type { DrawingRequest, Drawings, ReportParts, RunSpan } from '../../backtests/drawings.ts';
import type { BandOutcome, LiveGains } from '../../backtests/live-band.ts';
import type { SymbolBars } from '../../backtests/report/baselines/marked-prices.ts';
import type { RunCone } from '../../backtests/run-cone.ts';
import type { RunFigures, RunPoint, RunTrade } from '../../backtests/run-figures.ts';
import type { RunRoundTrips } from '../../backtests/run-round-trips.ts';
import type { SelectionRecord } from '../../backtests/selection.ts';
import type { ArtifactSettings } from '../artifacts/settings.ts';
import { openPools } from '../pools.ts';

/** What the thread is asked. */
export interface DrawingTask {
  readonly request: DrawingRequest;
  readonly artifacts: ArtifactSettings | undefined;
}

/** A document could not be drawn: the message says which and why. */
export class DrawingFailed extends Error {
  override readonly name = 'DrawingFailed';
}

/** Draws what people read of stored results, in threads beside the caller's: documents in one, what the API says in another, each one after the other. All throw {@link DrawingFailed}. */
export interface Drawing {
  /** The same bytes as those of `tidemark report` for the same run, bars and words. */
  report(result: string, parts: ReportParts): Promise<string>;
  document(kind: 'json' | 'trades' | 'equity', result: string): Promise<string>;
  span(result: string): Promise<RunSpan>;
  /** What the API says of a result. They have a thread of their own: whoever lists runs waits for no report. */
  figures(result: string, selection: SelectionRecord | undefined): Promise<RunFigures>;
  trades(result: string): Promise<readonly RunTrade[]>;
  curve(result: string, points: number): Promise<readonly RunPoint[]>;
  roundTrips(result: string, series: readonly SymbolBars[] | undefined): Promise<RunRoundTrips>;
  /** Takes a second or so, and so waits among the documents. */
  cone(result: string): Promise<RunCone>;
  /** What a result let its strategy gain in so many bars; as dear as a cone. */
  band(result: string, live: LiveGains): Promise<BandOutcome>;
  /** Two to five results, A first. */
  compare(results: readonly string[]): Promise<RunComparison>;
  /** Ends the thread, and what it draws. */
  close(): Promise<void>;
}

/** What somebody waits for on a page, and is soon done. */
const QUICK: ReadonlySet<DrawingRequest['kind']> = new Set(['figures', 'trade-list', 'round-trips', 'curve', 'span']);

const HEAP_MB_MAX = 2_048;
const DEADLINE_MS = 120_000;
const THREAD = new URL('./drawing-worker.ts', import.meta.url);

const NAMES: Readonly<Record<DrawingRequest['kind'], string>> = {
  report: 'The report',
  json: 'The run as JSON',
  trades: 'The trades as CSV',
  equity: 'The equity as CSV',
  span: 'The span of the run',
  comparison: 'The comparison',
  figures: 'The figures of the run',
  'trade-list': 'The trades of the run',
  'round-trips': 'The round trips of the run',
  cone: 'The cone of the run',
  band: 'The band of the run',
  curve: 'The equity curve of the run',
};

export interface DrawingOptions {
  /** Where reports are kept, so that the same one is not drawn twice; nowhere where absent. */
  readonly artifacts?: ArtifactSettings | undefined;
  readonly deadlineMs?: number;
  /** Told where a report could not be kept or read: it is drawn all the same. */
  readonly report: (what: string, error: unknown) => void;
}

/** The thread is started by the first request, and ends when nobody asks for a while. */
export function openDrawing({ artifacts, deadlineMs = DEADLINE_MS, report }: DrawingOptions): Drawing {
  const threads = openPools<KillableWorker>();
  let closed = false;
  const ask = async <K extends keyof Drawings>(request: DrawingRequest & { readonly kind: K }): Promise<Drawings[K]> => {
    const name = NAMES[request.kind];
    if (closed) throw new DrawingFailed(`${name} is not drawn: the server is closing.`);
    const late = `it took longer than ${deadlineMs / 1000} s and was ended`;
    const task: DrawingTask = { request, artifacts };
    const onProgress = (problem: unknown): void => report('the artifacts', problem);
    const open = async (): Promise<KillableWorker> => openKillableWorker(THREAD, HEAP_MB_MAX);
    try {
      return (await threads.use(QUICK.has(request.kind) ? 'quick' : 'documents', open, (thread) =>
        thread.request(task, { deadlineMs, late, onProgress }),
      )) as Drawings[K];
    } catch (error) {
      throw new DrawingFailed(`${name} could not be drawn: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  };
  return {
    report: (result, parts) => ask({ kind: 'report', result, parts }),
    document: (kind, result) => ask({ kind, result }),
    span: (result) => ask({ kind: 'span', result }),
    figures: (result, selection) => ask({ kind: 'figures', result, selection }),
    trades: (result) => ask({ kind: 'trade-list', result }),
    roundTrips: (result, series) => ask({ kind: 'round-trips', result, series }),
    cone: (result) => ask({ kind: 'cone', result }),
    band: (result, live) => ask({ kind: 'band', result, live }),
    curve: (result, points) => ask({ kind: 'curve', result, points }),
    compare: (results) => ask({ kind: 'comparison', results }),
    close: async () => {
      closed = true;
      await threads.close();
    },
  };
}
