import { compileSource } from './compile-source.ts';
import { serveRequests } from './worker-thread.ts';

export interface CompileRequest {
  readonly source: string;
  readonly file: string;
}

serveRequests(({ source, file }: CompileRequest) => compileSource(source, file));
