/** Must equal the number in `assembly/options/index.ts`. */
const ABI = 1;
const NUMBER_FUNCTIONS = [
  'abi',
  'rowsMax',
  'stepsMin',
  'stepsMax',
  'input',
  'output',
  'status',
  'european',
  'implied',
  'american',
  'cumulative',
] as const;
const INPUT_COLUMNS = 7;
const OUTPUT_COLUMNS = 10;

type NumberFunction = (...values: number[]) => number;
type Functions = Readonly<Record<(typeof NUMBER_FUNCTIONS)[number], NumberFunction>>;

/** The module, and views of the columns in its memory, which never grows. */
export interface OptionsModule {
  readonly functions: Functions;
  readonly rowsMax: number;
  readonly inputs: readonly Float64Array[];
  readonly outputs: readonly Float64Array[];
  readonly status: Uint8Array;
}

function functionOf(exports: WebAssembly.Exports, name: string): NumberFunction {
  const value = exports[name];
  if (typeof value !== 'function') throw new Error(`The option module has no function ${name}: build it again with node compute/build.ts.`);
  return value as NumberFunction;
}

function abort(): never {
  throw new Error('Invariant: the option module stopped');
}

/** A fresh instance. Throws where the module is not of this version. */
export function instantiateOptions(module: WebAssembly.Module): OptionsModule {
  const { exports } = new WebAssembly.Instance(module, { env: { abort } });
  const functions = Object.fromEntries(NUMBER_FUNCTIONS.map((name) => [name, functionOf(exports, name)])) as Functions;
  const version = functions.abi();
  if (version !== ABI) {
    throw new Error(`The option module has layout ${version}, this program needs ${ABI}: build it again with node compute/build.ts.`);
  }
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory))
    throw new Error('The option module has no memory: build it again with node compute/build.ts.');
  const rowsMax = functions.rowsMax();
  const column = (address: number): Float64Array => new Float64Array(memory.buffer, address, rowsMax);
  return {
    functions,
    rowsMax,
    inputs: Array.from({ length: INPUT_COLUMNS }, (_, index) => column(functions.input(index))),
    outputs: Array.from({ length: OUTPUT_COLUMNS }, (_, index) => column(functions.output(index))),
    status: new Uint8Array(memory.buffer, functions.status(), rowsMax),
  };
}
