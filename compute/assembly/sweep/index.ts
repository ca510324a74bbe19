import { Sma } from '../indicators/sma';
import { CrossoverSweep, isEligible, memoryOf } from './crossover-sweep';
import { CrossoverJob } from './job';

/** Forgets everything and answers where `size` bytes are free. */
export function begin(size: usize): usize {
  heap.reset();
  return heap.alloc(size);
}

/** More bytes, until the next `begin`. */
export function allocate(size: usize): usize {
  return heap.alloc(size);
}

/** A row of simple averages. */
export function average(period: i32, input: usize, count: i32, output: usize): void {
  new Sma(period).run(input, count, output);
}

/** See `memoryOf`. */
export function memoryNeeded(count: i32, rowCount: i32): f64 {
  return memoryOf(count, rowCount);
}

/** Lays out what all pairs share; null where the job needs the general path. */
export function open(job: usize): CrossoverSweep | null {
  const crossover = changetype<CrossoverJob>(job);
  return isEligible(crossover) ? new CrossoverSweep(crossover) : null;
}

export function run(sweep: CrossoverSweep, pairs: usize, count: i32, output: usize): void {
  sweep.run(pairs, count, output);
}
