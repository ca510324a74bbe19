import { serveRequests } from '@tidemark/compute';
import { openStatistics } from '@tidemark/compute/statistics';
import { draw } from '../../backtests/drawings.ts';
import { openArtifacts } from '../artifacts/settings.ts';
import type { DrawingTask } from './drawing.ts';
import { keptReport, reportName } from './kept-reports.ts';

// A thread that draws what people read of runs: a report holds nobody's event loop.

const statistics = await openStatistics();

serveRequests(async ({ request, artifacts }: DrawingTask, warn: (problem: string) => void) => {
  if (request.kind !== 'report' || artifacts === undefined) return await draw(request, statistics);
  return await keptReport(openArtifacts(artifacts), reportName(request), () => draw(request, statistics), warn);
});
