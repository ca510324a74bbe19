import { GraphQLError } from 'graphql';
import type { DocumentNode } from 'graphql';
import { Kind, visit } from 'graphql';

/** A null byte is no text to the database, and half a character none to anybody. */
const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

const unstorable = (): GraphQLError =>
  new GraphQLError('A text holds a null byte or half a character.', { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });

/** Throws where a text in the document cannot be kept anywhere. */
export function checkTexts(document: DocumentNode): void {
  visit(document, {
    [Kind.STRING]: ({ value }) => {
      if (!isStorable(value)) throw unstorable();
    },
  });
}

/** The same for variables, however deep: step by step, so that no nesting is too deep to be looked at. */
export function textProblemOf(variables: unknown): GraphQLError | undefined {
  const open: unknown[] = [variables];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string' && !isStorable(value)) return unstorable();
    if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) open.push(key, inner);
  }
  return undefined;
}
