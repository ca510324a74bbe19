import { existsSync, readFileSync } from 'node:fs';
import { plantBug } from '../../server/src/simulation/host/planting.ts';
import { IMPATIENT, pointNamed } from './points.ts';

// Loaded before the server (`node --import`) by the test of kill points alone: it changes the shipped source in memory, so that nothing of this stands in it.

const { TIDEMARK_TEST_KILL_POINT: name = '', TIDEMARK_TEST_KILL_FILE: file = '' } = process.env;
const point = pointNamed(name);
let passes = 0;

/** From when the file is there on, passes are counted; it holds the number of the last. Looked at each time, because threads have no signals. */
function dies(): boolean {
  if (!existsSync(file)) return false;
  passes += 1;
  return passes === Number(readFileSync(file, 'utf8'));
}

Object.assign(globalThis, { tidemarkDies: dies });
plantBug({ name: point.name, what: '', edits: [...IMPATIENT, ...point.edits] });
