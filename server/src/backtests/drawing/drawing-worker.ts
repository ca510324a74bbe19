import { serveRequests } from '@tidemark/compute';
import { openStatistics } from '@tidemark/compute/statistics';
import { draw } from './drawings.ts';
import type { DrawingRequest } from './drawings.ts';

// A thread that draws what people read of runs: a report holds nobody's event loop.

const statistics = await openStatistics();
serveRequests((request: DrawingRequest) => draw(request, statistics));
