import { ABI_VERSION, readText } from './load.ts';

/** A function of the module: addresses, counts and numbers in, a number or nothing out. Seeds are whole numbers of 64 bits. */
export type StatisticsFunction = (...values: (number | bigint)[]) => number;

/** Does work in the module's memory. */
export interface StatisticsCore {
  /**
   * Puts the inputs into the memory, with room for as many numbers as `sizes` asks; `work` gets the addresses of both. What it answers
   * and copies of what it wrote come back. Throws a RangeError where all that does not fit.
   */
  run(inputs: readonly Float64Array[], sizes: readonly number[], work: StatisticsWork): StatisticsAnswer;
}

export type StatisticsWork = (
  call: (name: string) => StatisticsFunction,
  inputs: readonly number[],
  outputs: readonly number[],
) => number | void;

export interface StatisticsAnswer {
  readonly value: number;
  readonly outputs: readonly Float64Array[];
}

const NUMBER_BYTES = 8;
/** An instance that grew beyond this for one call is not kept for the next: memory of a module only grows. */
const KEPT_BYTES_MAX = 16 * 1024 * 1024;
const TOO_LARGE = 'The statistics module holds 256 MiB at most, and this does not fit: use fewer values, columns or replications.';

/** Takes the compiled module, and instantiates it when first needed. */
export function openCore(module: WebAssembly.Module): StatisticsCore {
  let kept: Instance | undefined;
  return {
    run: (inputs, sizes, work) => {
      const instance = kept ?? instantiate(module);
      // Only an instance that came through whole is used again.
      kept = undefined;
      const answer = runIn(instance, inputs, sizes, work);
      if (instance.memory.buffer.byteLength <= KEPT_BYTES_MAX) kept = instance;
      return answer;
    },
  };
}

interface Instance {
  readonly memory: WebAssembly.Memory;
  readonly call: (name: string) => StatisticsFunction;
}

function runIn(instance: Instance, inputs: readonly Float64Array[], sizes: readonly number[], work: StatisticsWork): StatisticsAnswer {
  const lengths = [...inputs.map((input) => input.length), ...sizes];
  const total = lengths.reduce((sum, length) => sum + length, 0) * NUMBER_BYTES;
  return withinMemory(() => {
    if (total > 2 ** 30) throw new RangeError(TOO_LARGE);
    const start = instance.call('begin')(total);
    const addresses: number[] = [];
    let next = start;
    for (const length of lengths) {
      addresses.push(next);
      next += length * NUMBER_BYTES;
    }
    inputs.forEach((input, index) => new Float64Array(instance.memory.buffer, addresses[index], input.length).set(input));
    const outputs = addresses.slice(inputs.length);
    const value = work(instance.call, addresses.slice(0, inputs.length), outputs);
    return {
      value: typeof value === 'number' ? value : 0,
      outputs: sizes.map((size, index) => new Float64Array(instance.memory.buffer, outputs[index], size).slice()),
    };
  });
}

/** The module stops at the one place where memory does not grow any further. */
function withinMemory<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError && error.message.includes('unreachable'))
      throw new RangeError(TOO_LARGE, { cause: error });
    throw error;
  }
}

function instantiate(module: WebAssembly.Module): Instance {
  const abort = (message: number): never => {
    throw new Error(`Invariant: the statistics module stopped: ${readText(memoryOf(exports), message)}`);
  };
  const { exports } = new WebAssembly.Instance(module, { env: { abort } });
  const call = (name: string): StatisticsFunction => {
    const value = exports[name];
    if (typeof value !== 'function') throw outOfDate(name);
    return value as StatisticsFunction;
  };
  if (call('abi')() !== ABI_VERSION) throw outOfDate(`layout ${ABI_VERSION}`);
  return { memory: memoryOf(exports), call };
}

function memoryOf({ memory }: WebAssembly.Exports): WebAssembly.Memory {
  if (memory instanceof WebAssembly.Memory) return memory;
  throw outOfDate('memory');
}

const outOfDate = (what: string): Error => new Error(`The statistics module has no ${what}: build it again with node compute/build.ts.`);
