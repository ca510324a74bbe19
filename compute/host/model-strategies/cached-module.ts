import { createHash } from 'node:crypto';
import { closeCompiler, compileModelStrategy } from '../compile.ts';
import { MODEL_FOLDERS, cachedModule, toolchainHash } from '../built-ins.ts';
import type { ModelSource } from '../compile-source.ts';
import type { StrategyModule } from '../types.ts';

/** For tests: the module of a model, from the folder of built strategies where it was made before by the same toolchain. */
export async function modelModule(source: ModelSource): Promise<StrategyModule> {
  const key = createHash('sha256').update(source.strategy).update('\0').update(source.carried).digest('hex');
  const module = await cachedModule(toolchainHash(MODEL_FOLDERS), key, () => compileModelStrategy(source));
  await closeCompiler();
  return module;
}
