/** The bundler finds workers by these very words. */
export const openCompiler = (): Worker => new Worker(new URL('./compile.worker.ts', import.meta.url), { type: 'module', name: 'compiler' });

export const openRunner = (): Worker => new Worker(new URL('./run.worker.ts', import.meta.url), { type: 'module', name: 'backtest' });
