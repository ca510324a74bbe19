import { GraphQLError } from 'graphql';
import type { DocumentNode } from 'graphql';
import { Kind, visit } from 'graphql';

/** A null byte is no text to the database, and half a character none to anybody. */
const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

const unstorable = (): GraphQLError =>
  new GraphQLError('A text holds a null byte or half a character.', { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });

const tooDeep = (levelsMax: number): GraphQLError =>
  new GraphQLError(`Variables are nested at most ${levelsMax} levels deep.`, {
    extensions: { code: 'QUERY_TOO_LARGE', http: { status: 400 } },
  });

/** Throws where a text in the document cannot be kept anywhere. */
export function checkTexts(document: DocumentNode): void {
  visit(document, {
    [Kind.STRING]: ({ value }) => {
      if (!isStorable(value)) throw unstorable();
    },
  });
}

/**
 * The same for variables, and whether they are nested deeper than `levelsMax`: level by level, so that no nesting is too deep to be looked at, and what is
 * below the last level is never looked at.
 */
export function variablesProblemOf(variables: unknown, levelsMax: number): GraphQLError | undefined {
  let level: readonly unknown[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levelsMax) return tooDeep(levelsMax);
    if (level.some((value) => typeof value === 'string' && !isStorable(value))) return unstorable();
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.entries(value).flat() : []));
  }
  return undefined;
}
