import { Strategy } from '../sdk/strategy';

let strategy: Strategy | null = null;
let slices: i32 = 0;
let pages: i32 = 0;

/** Slices between two collections of what authors' code has thrown away; a growing memory asks for one at once. */
const SLICES_PER_COLLECTION: i32 = 1024;

export function setStrategy(chosen: Strategy): void {
  strategy = chosen;
}

export function getStrategy(): Strategy {
  return strategy!;
}

/**
 * Ask the strategy about the slice in view: the one place where it decides, for the engine and the backtest alike.
 * Memory is collected here only, where no reference lives on the stack.
 */
export function decide(): void {
  getStrategy().onBars();
  slices += 1;
  if ((slices & (SLICES_PER_COLLECTION - 1)) == 0 || memory.size() != pages) {
    __collect();
    pages = memory.size();
  }
}
