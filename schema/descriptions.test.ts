import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, isSpecifiedScalarType } from 'graphql';
import type { GraphQLArgument } from 'graphql';
import { expect, test } from 'vitest';
import { buildSchema } from '../server/src/graphql/schema.ts';
import { ARGUMENTS } from '../server/src/graphql/vocabulary-arguments.ts';
import { FIELDS } from '../server/src/graphql/vocabulary-fields.ts';
import { TYPES, VALUES } from '../server/src/graphql/vocabulary-types.ts';

const types = Object.values(buildSchema().getTypeMap()).filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type));
const holders = types.filter((type) => isObjectType(type) || isInterfaceType(type) || isInputObjectType(type));
const fields = holders.flatMap((type) => Object.values(type.getFields()).map((field) => ({ field, place: `${type.name}.${field.name}` })));
const argumentsOf = (field: object): readonly GraphQLArgument[] =>
  'args' in field && Array.isArray(field.args) ? (field.args as readonly GraphQLArgument[]) : [];
const args = fields.flatMap(({ field, place }) =>
  argumentsOf(field).map((arg) => ({ arg, place: `${place}(${arg.name})`, short: `${field.name}(${arg.name})` })),
);
const values = types
  .filter(isEnumType)
  .flatMap((type) => type.getValues().map((value) => ({ value, place: `${type.name}.${value.name}` })));

const missing = (things: readonly { readonly place: string; readonly text: string | null | undefined }[]): readonly string[] =>
  things.filter(({ text }) => (text ?? '').trim() === '').map(({ place }) => place);

test.each([
  ['type', types.map((type) => ({ place: type.name, text: type.description }))],
  ['field', fields.map(({ field, place }) => ({ place, text: field.description }))],
  ['argument', args.map(({ arg, place }) => ({ place, text: arg.description }))],
  ['value', values.map(({ value, place }) => ({ place, text: value.description }))],
])('every %s is described, in its slice or in the vocabulary, server/src/graphql/vocabulary.ts', (_kind, things) => {
  expect(missing(things)).toEqual([]);
});

test('the vocabulary holds no word that the schema does not use', () => {
  const names = new Set(fields.flatMap(({ field, place }) => [field.name, place]));
  expect(Object.keys(FIELDS).filter((name) => !names.has(name))).toEqual([]);
  const argumentNames = new Set(args.flatMap(({ arg, short }) => [arg.name, short]));
  expect(Object.keys(ARGUMENTS).filter((name) => !argumentNames.has(name))).toEqual([]);
  expect(Object.keys(TYPES).filter((name) => !types.some((type) => type.name === name))).toEqual([]);
  const places = new Set(values.map(({ place }) => place));
  const known = Object.entries(VALUES).flatMap(([type, words]) => Object.keys(words).map((value) => `${type}.${value}`));
  expect(known.filter((place) => !places.has(place))).toEqual([]);
});
