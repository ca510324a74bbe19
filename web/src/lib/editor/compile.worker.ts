import { compileSource } from '@tidemark/compute/compiler';
import { library } from './library.ts';
import { serve } from '#lib/worker/serve.ts';

/** The compiler in a thread of its own: it takes seconds, and what it compiles may never end. */
serve((source: string) => compileSource(source, 'strategy.ts', library));
