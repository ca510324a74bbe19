import { readText } from '../load.ts';

/** Must equal the number in `assembly/learning/index.ts`. */
const ABI = 1;
const FUNCTIONS = [
  'abi',
  'firstAddress',
  'jobBytes',
  'nodeBytes',
  'splitBytes',
  'sortValues',
  'writeBins',
  'begin',
  'beginRound',
  'grow',
  'addTree',
  'stop',
  'help',
  'heldLoss',
  'scoreRows',
] as const;

export type LearningFunctions = Readonly<Record<(typeof FUNCTIONS)[number], (...values: number[]) => number>>;

const PAGE_BYTES = 65_536;
/** All that a training, or a batch to be scored, may hold. */
const MEMORY_BYTES_MAX = 16_384 * PAGE_BYTES;

/** As much memory as is asked for, which does not grow. Threads can share it. Throws a RangeError beyond 1 GiB. */
export function newMemory(bytes: number, advice: string): WebAssembly.Memory {
  if (bytes > MEMORY_BYTES_MAX) {
    const [wanted, most] = [bytes, MEMORY_BYTES_MAX].map((size) => Math.ceil(size / 2 ** 20).toLocaleString('en'));
    throw new RangeError(`Models: this needs ${wanted} MiB of memory, but at most ${most} MiB may be used: ${advice}.`);
  }
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** An instance over a memory. Throws where the module is not of this version. */
export function instantiateLearning(module: WebAssembly.Module, memory: WebAssembly.Memory): LearningFunctions {
  const abort = (message: number): never => {
    throw new Error(`Invariant: the learning module stopped: ${readText(memory, message)}`);
  };
  const { exports } = new WebAssembly.Instance(module, { env: { abort, memory } });
  const functions = Object.fromEntries(FUNCTIONS.map((name) => [name, functionOf(exports, name)])) as LearningFunctions;
  const version = functions.abi();
  if (version !== ABI) throw new Error(`The learning module has layout ${version}, this program needs ${ABI}: ${BUILD}`);
  return functions;
}

const BUILD = 'build it again with node compute/build.ts.';

function functionOf(exports: WebAssembly.Exports, name: string): (...values: number[]) => number {
  const value = exports[name];
  if (typeof value !== 'function') throw new Error(`The learning module has no function ${name}: ${BUILD}`);
  return value as (...values: number[]) => number;
}
