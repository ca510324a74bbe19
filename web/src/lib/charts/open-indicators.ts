/** The bundler finds workers by these very words. */
export const openIndicators = (): Worker =>
  new Worker(new URL('./indicators.worker.ts', import.meta.url), { type: 'module', name: 'indicators' });
