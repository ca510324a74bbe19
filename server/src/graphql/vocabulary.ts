import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType } from 'graphql';
import type { GraphQLNamedType, GraphQLSchema } from 'graphql';
import { ARGUMENTS } from './vocabulary-arguments.ts';
import { FIELDS } from './vocabulary-fields.ts';
import { TYPES, VALUES } from './vocabulary-types.ts';

interface Described {
  description?: string | null | undefined;
}

/** What a type is by its place in the house style; undefined where its name says nothing of the kind. */
function byShape(type: GraphQLNamedType): string | undefined {
  if (type.name.endsWith('Connection')) return 'A page of a list, with what is needed to ask for the next one.';
  if (type.name.endsWith('Edge')) return 'One item of a page, with its place in the list.';
  if (isUnionType(type) && type.name.endsWith('Result'))
    return 'What the mutation answers with: its payload, or an error that is data. Ask for __typename.';
  if (isUnionType(type) && type.name.endsWith('Event')) return 'What the subscription tells: a message, or Resync.';
  if (type.name.endsWith('Payload')) return 'What came of the mutation: done, and durable.';
  if (type.name.endsWith('Update')) return 'One message of the subscription.';
  if (isInputObjectType(type)) return 'What the operation takes.';
  return undefined;
}

const isMissing = ({ description }: Described): boolean => description === undefined || description === null || description === '';

function describe(thing: Described, text: string | undefined): void {
  if (isMissing(thing) && text !== undefined) thing.description = text;
}

/**
 * Gives words to what a slice leaves unsaid because it means the same wherever it stands: a slice describes what is its own. Said here once,
 * so that a word cannot come to mean two things. `schema/descriptions.test.ts` fails for what neither describes.
 */
export function withVocabulary(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    describe(type, TYPES[type.name] ?? byShape(type));
    if (isEnumType(type)) for (const value of type.getValues()) describe(value, VALUES[type.name]?.[value.name]);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      describe(field, FIELDS[`${type.name}.${field.name}`] ?? FIELDS[field.name]);
      for (const arg of 'args' in field ? field.args : []) describe(arg, ARGUMENTS[`${field.name}(${arg.name})`] ?? ARGUMENTS[arg.name]);
    }
  }
  return schema;
}
