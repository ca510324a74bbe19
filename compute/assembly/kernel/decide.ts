import { Strategy } from '../sdk/strategy';

let strategy: Strategy | null = null;
/** Slices between two collections of what the strategy has thrown away: an eighth whenever memory had to grow all the same. */
let interval: i32 = 65536;
let slices: i32 = 0;
let pages: i32 = 0;

export function setStrategy(chosen: Strategy): void {
  strategy = chosen;
}

export function getStrategy(): Strategy {
  return strategy!;
}

/** From here on, growing memory is the strategy's doing. */
export function watchMemory(): void {
  pages = memory.size();
}

function collect(): void {
  __collect();
  if (memory.size() != pages) interval = max(1, interval >> 3);
  pages = memory.size();
  slices = 0;
}

/**
 * Ask the strategy about the slice in view: the one place where it decides, for the engine and the backtest alike.
 * Memory is collected here only, where no reference lives on the stack.
 */
export function decide(): void {
  getStrategy().onBars();
  slices += 1;
  if (slices >= interval || memory.size() != pages) collect();
}
