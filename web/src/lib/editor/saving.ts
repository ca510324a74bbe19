import { SaveStrategyVersionDocument } from '@tidemark/schema/documents';
import { live } from '#lib/live/live.svelte.ts';
import { problemText } from '#lib/live/problem.ts';

export interface Saved {
  readonly version: string;
  readonly name: string;
  readonly isNew: boolean;
}

/** The server compiles the text again, and keeps it where it makes the very module that was seen here; else why not, in a sentence. */
export async function saveVersion(source: string, version: string): Promise<Saved | string> {
  const answer = await live.mutate(SaveStrategyVersionDocument, { input: { source, version } });
  if (!answer.ok) return answer.message;
  const result = answer.data.saveStrategyVersion;
  switch (result.__typename) {
    case 'StrategyVersionPayload':
      return result;
    case 'VersionDiffersError':
      return `${result.message} Seen here: ${result.seen}. Compiled there: ${result.compiled}.`;
    case 'CompileFailedError':
      return `${result.message} ${result.errors.map(({ line, column, message }) => `Line ${line}, column ${column}: ${message}`).join(' ')}`;
    case 'InvalidInputError':
      return problemText(result);
  }
}
