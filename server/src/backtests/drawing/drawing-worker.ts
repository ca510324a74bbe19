import { serveRequests } from '@tidemark/compute';
import { draw } from './drawings.ts';

// A thread that draws what people read of runs: a report holds nobody's event loop.

serveRequests(draw);
