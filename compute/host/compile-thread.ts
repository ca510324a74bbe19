import { compileModel, compileSource, type ModelSource } from './compile-source.ts';
import { readLibraryFile } from './library.node.ts';
import { serveRequests } from './worker-thread.ts';

export interface CompileRequest {
  readonly source: string;
  readonly file: string;
}

serveRequests((request: CompileRequest | ModelSource) =>
  'carried' in request ? compileModel(request, readLibraryFile) : compileSource(request.source, request.file, readLibraryFile),
);
