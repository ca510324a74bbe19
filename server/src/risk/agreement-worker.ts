import { parentPort, workerData } from 'node:worker_threads';
import { compareOrders } from './agreement.ts';

/** A share of the seeds of the long comparison, in a thread of its own. */
const { from, count } = workerData as { readonly from: number; readonly count: number };
parentPort?.postMessage(compareOrders(from, count));
