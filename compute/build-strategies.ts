import { closeCompiler } from './host/compile.ts';
import { compileBuiltIns } from './host/built-ins.ts';

/** Compiles the built-in strategies into `compute/build/strategies/`, which may be deleted at any time. */
export async function buildStrategies(): Promise<void> {
  await compileBuiltIns();
  await closeCompiler();
}

if (import.meta.main) await buildStrategies();
