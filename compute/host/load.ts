/** Must equal `ABI_VERSION` of `assembly/abi.ts`. */
export const ABI_VERSION = 2;

/** What the indicator module exports. Pointers and sizes are in bytes. */
export interface IndicatorModule {
  readonly memory: WebAssembly.Memory;
  count(): number;
  describe(index: number): number;
  begin(size: number): number;
  allocate(size: number): number;
  create(index: number, parameters: number): number;
  warmUp(indicator: number): number;
  run(indicator: number, bars: number, count: number): void;
  featureCount(): number;
  featureName(index: number): number;
  featureVersion(index: number): number;
  createFeature(index: number): number;
}

const FUNCTIONS = [
  'abi',
  'count',
  'describe',
  'begin',
  'allocate',
  'create',
  'warmUp',
  'run',
  'featureCount',
  'featureName',
  'featureVersion',
  'createFeature',
] as const;

/** A fresh instance, with memory of its own. Throws where the module is not of this version. */
export function instantiate(module: WebAssembly.Module): IndicatorModule {
  const instance = new WebAssembly.Instance(module, { env: { abort: abortWith(() => memoryOf(instance.exports)) } });
  const exported = Object.fromEntries(FUNCTIONS.map((name) => [name, functionOf(instance.exports, name)])) as Record<
    (typeof FUNCTIONS)[number],
    (...values: number[]) => number
  >;
  const version = exported.abi();
  if (version !== ABI_VERSION) {
    throw new Error(
      `The indicator module has layout ${version}, this program needs ${ABI_VERSION}: build it again with node compute/build.ts.`,
    );
  }
  return { memory: memoryOf(instance.exports), ...exported };
}

function functionOf(exports: WebAssembly.Exports, name: string): (...values: number[]) => number {
  const value = exports[name];
  if (typeof value !== 'function')
    throw new Error(`The indicator module has no function ${name}: build it again with node compute/build.ts.`);
  return value as (...values: number[]) => number;
}

function memoryOf(exports: WebAssembly.Exports): WebAssembly.Memory {
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory))
    throw new Error('The indicator module has no memory: build it again with node compute/build.ts.');
  return memory;
}

function abortWith(memory: () => WebAssembly.Memory): (message: number, file: number, line: number) => never {
  return (message, file, line) => {
    throw new Error(`${readText(memory(), message)} (${readText(memory(), file)}:${line})`);
  };
}

/** Text of the module: UTF-16, with its length in bytes before it. */
export function readText(memory: WebAssembly.Memory, pointer: number): string {
  if (pointer === 0) return 'Invariant: the module stopped';
  const length = new DataView(memory.buffer).getUint32(pointer - 4, true);
  return new TextDecoder('utf-16le').decode(new Uint8Array(memory.buffer, pointer, length));
}
