import { ParameterError } from './errors.ts';
import { resolveParameters, type ResolvedParameters } from './parameters.ts';
import { STRATEGY_ABI, readText, type StrategyExports } from './strategy-abi.ts';
import { StrategyTrap, type ParameterValues, type StrategyModule } from './types.ts';

/** Compiled once a module: a fresh instance then costs microseconds and starts with optimised code. */
const compiled = new WeakMap<Uint8Array, WebAssembly.Module>();

function compiledModule(wasm: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const known = compiled.get(wasm);
  if (known !== undefined) return known;
  const module = new WebAssembly.Module(wasm);
  compiled.set(wasm, module);
  return module;
}

function whatFailed(error: unknown): string {
  if (error instanceof RangeError && /stack/i.test(error.message)) return 'the stack overflowed (recursion without end?)';
  return error instanceof Error ? error.message : String(error);
}

/** Whatever the module's code throws is the strategy's failure, and comes out as {@link StrategyTrap}. */
export function guarded<T>(doing: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof StrategyTrap || error instanceof ParameterError) throw error;
    throw new StrategyTrap(`The strategy failed ${doing}: ${whatFailed(error)}`, { cause: error });
  }
}

/** Instantiates and starts a module. The author's field initialisers run here. */
export function startModule(wasm: Uint8Array<ArrayBuffer>): StrategyExports {
  let memory: WebAssembly.Memory | undefined;
  const abort = (message: number, file: number, line: number, column: number): never => {
    const text = memory === undefined || message === 0 ? 'aborted' : readText(memory, message);
    const source = memory === undefined || file === 0 ? '' : readText(memory, file);
    const where = source === 'strategy.ts' ? ` (line ${line >>> 0}, column ${column >>> 0})` : '';
    throw new StrategyTrap(`The strategy stopped itself: ${text}${where}`);
  };
  return guarded('while starting', () => {
    const instance = new WebAssembly.Instance(compiledModule(wasm), { env: { abort } });
    const exports = instance.exports as unknown as StrategyExports;
    memory = exports.memory;
    exports._start();
    const abi = exports.abi();
    if (abi !== STRATEGY_ABI) throw new StrategyTrap(`The module speaks ABI ${abi}, this host ${STRATEGY_ABI}: compile it again`);
    return exports;
  });
}

export interface OpenModule {
  readonly exports: StrategyExports;
  readonly parameters: ParameterValues;
  readonly warmUp: number;
}

function bindAll(module: StrategyModule, exports: StrategyExports, resolved: ResolvedParameters): void {
  for (const [index, spec] of module.description.parameters.entries()) {
    const value = resolved.numbers[index] ?? Number.NaN;
    if (exports.bind(index, value) === 0)
      throw new StrategyTrap(`The module refuses ${spec.name} = ${value}, which its description allows`);
  }
  const problem = readText(exports.memory, exports.check());
  if (problem !== '') {
    throw new ParameterError(module.description.name, 'parameters', resolved.values, `such that ${problem}`);
  }
}

/**
 * A fresh strategy in a module that has served: bound to `given`, and to `values` for the parameters at `indexes`. False where its rule about
 * parameters is broken.
 */
export function renewModule(
  module: StrategyModule,
  exports: StrategyExports,
  given: ParameterValues,
  indexes: Int32Array,
  values: Float64Array,
): boolean {
  exports.renew();
  const { numbers } = resolveParameters(module.description.name, module.description.parameters, given);
  for (const [index, value] of numbers.entries()) if (exports.bind(index, value) === 0) return false;
  for (const [place, index] of indexes.entries()) if (exports.bind(index, values[place] ?? Number.NaN) === 0) return false;
  return readText(exports.memory, exports.check()) === '';
}

/** A started instance with its parameters bound, ready for the first slice. Throws {@link ParameterError} or {@link StrategyTrap}. */
export function openModule(module: StrategyModule, parameters: ParameterValues, symbols: number): OpenModule {
  if (!Number.isInteger(symbols) || symbols < 1) throw new Error('Invariant: a strategy runs on at least one symbol');
  const resolved = resolveParameters(module.description.name, module.description.parameters, parameters);
  const exports = startModule(module.wasm);
  return guarded('while opening', () => {
    bindAll(module, exports, resolved);
    const warmUp = exports.open(symbols);
    if (!Number.isInteger(warmUp) || warmUp < 0) throw new StrategyTrap(`The module answered a warm-up of ${warmUp} bars`);
    return { exports, parameters: resolved.values, warmUp };
  });
}
