import type { CompileSource } from './types.ts';

/** `compile-source.ts`, for whoever must not see the types of AssemblyScript: those change what arrays of TypeScript are, everywhere. */
export declare const compileSource: CompileSource;
