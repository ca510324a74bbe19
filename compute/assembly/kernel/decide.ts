import { declared } from '../sdk/parameters';
import { Strategy } from '../sdk/strategy';

let create: () => Strategy = noStrategy;
let strategy: Strategy | null = null;
/** Slices between two collections of what the strategy has thrown away: an eighth whenever memory had to grow all the same. */
let interval: i32 = 65536;
let slices: i32 = 0;
let pages: i32 = 0;

function noStrategy(): Strategy {
  throw new Error('Invariant: a module says which strategy it holds');
}

/** Says how the author's strategy is made, and makes it. */
export function setStrategy(factory: () => Strategy): void {
  create = factory;
  renewStrategy();
}

/** Only while no reference lives on the stack that nothing else holds. */
export function collectGarbage(): void {
  __collect();
}

/** Runs between two collections of what the runs before have left. */
const RUNS: i32 = 8;
let runs: i32 = 0;

/** A fresh strategy, which knows nothing of the one before. Called by the host only, while no reference lives on the stack. */
export function renewStrategy(): void {
  declared.length = 0;
  strategy = create();
  runs += 1;
  if (runs % RUNS == 0) collectGarbage();
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
  tidyMemory();
}

/** After each call of the strategy. */
export function tidyMemory(): void {
  slices += 1;
  if (slices >= interval || memory.size() != pages) collect();
}
