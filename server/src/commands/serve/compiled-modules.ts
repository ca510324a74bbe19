import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The server's modules, loaded after this call, are compiled once and not at each start: one that was killed trades again sooner. They are kept beside the
 * packages, not in a folder that others may write to, unless `NODE_COMPILE_CACHE` names another; where that cannot be written, Node goes on without. Threads
 * inherit it. Gives what writes them down at once: a process that is killed has no end at which to do it.
 */
export function keepCompiled(environment: NodeJS.ProcessEnv): () => void {
  environment['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../../../../node_modules/.cache/compiled', import.meta.url));
  enableCompileCache(environment['NODE_COMPILE_CACHE']);
  return flushCompileCache;
}
