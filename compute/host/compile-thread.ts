import { parentPort } from 'node:worker_threads';
import { compileSource } from './compile-source.ts';

/** The compiler's worker: one source a message, answered with its number. */
export interface CompileRequest {
  readonly id: number;
  readonly source: string;
  readonly file: string;
}

parentPort?.on('message', (request: CompileRequest) => {
  compileSource(request.source, request.file).then(
    (result) => parentPort?.postMessage({ id: request.id, result }),
    (error: unknown) => {
      const message = `The compiler failed: ${error instanceof Error ? error.message : String(error)}`;
      const errors = [{ file: request.file, line: 1, column: 1, message }];
      parentPort?.postMessage({ id: request.id, result: { ok: false, errors } });
    },
  );
});
