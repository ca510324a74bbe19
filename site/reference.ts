import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredInputField,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  parse,
  getNamedType,
} from 'graphql';
import type { GraphQLField, GraphQLNamedType, GraphQLObjectType, GraphQLSchema, GraphQLType } from 'graphql';
import { costOf, DOCUMENT_LIMITS } from '../server/src/graphql/limits.ts';
import type { Source } from './markdown.ts';
import { Examples } from './operations.ts';
import type { Example, Root } from './operations.ts';

type Field = GraphQLField<unknown, unknown>;

/** How `graphql/authorization.ts` says in a description what a field asks of its caller. */
const NEED = /\s*Needs the role [^.]+\./;
const VIEWER_NEED = 'Needs the role viewer.';

interface Kind {
  readonly file: string;
  readonly title: string;
  readonly intro: string;
  readonly holds: (type: GraphQLNamedType) => boolean;
}

const KINDS: readonly Kind[] = [
  { file: 'objects', title: 'Objects', intro: 'What answers are made of.', holds: isObjectType },
  { file: 'interfaces', title: 'Interfaces', intro: 'What several objects have in common.', holds: isInterfaceType },
  { file: 'unions', title: 'Unions', intro: 'Answers that can be one of several things: ask for `__typename`.', holds: isUnionType },
  { file: 'inputs', title: 'Inputs', intro: 'What arguments are made of.', holds: isInputObjectType },
  {
    file: 'enums',
    title: 'Enums',
    intro: 'Words of which a value is one. New ones may come: read an unknown one as such.',
    holds: isEnumType,
  },
  { file: 'scalars', title: 'Scalars', intro: 'Plain values. [What each means](../api.md#kinds-of-value).', holds: isScalarType },
];

const ROOTS: readonly { readonly file: string; readonly title: string; readonly root: Root; readonly intro: string }[] = [
  { file: 'queries', title: 'Queries', root: 'query', intro: 'What can be read, by POST to `/graphql`.' },
  {
    file: 'mutations',
    title: 'Mutations',
    root: 'mutation',
    intro: 'What can be changed. Each answers with its payload or with [an error that is data](../api.md#mutations).',
  },
  {
    file: 'subscriptions',
    title: 'Subscriptions',
    root: 'subscription',
    intro: 'What can be followed, over WebSocket or by server-sent events. [Facts, states and resync](../api.md#subscriptions).',
  },
];

/** Text of a description as Markdown that means the same. */
const prose = (text: string | null | undefined): string =>
  (text ?? '')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);
const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;
const anchorOf = (name: string): string => name.toLowerCase();

function linked(type: GraphQLType): string {
  const named = getNamedType(type);
  const kind = KINDS.find(({ holds }) => holds(named));
  return `[\`${String(type)}\`](${kind?.file ?? 'scalars'}.md#${anchorOf(named.name)})`;
}

function exampleOf({ operation, variables }: Example): string {
  const cost = costOf(parse(operation), undefined, variables);
  const given = Object.keys(variables).length === 0 ? [] : ['With the variables', fence('json', JSON.stringify(variables, null, 2))];
  const limit = DOCUMENT_LIMITS.costMax.toLocaleString('en-US');
  return [
    fence('graphql', operation),
    ...given,
    `Counts ${cost.toLocaleString('en-US')} of the ${limit} fields that [one document may cost](../api.md#limits).`,
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly deprecationReason?: string | null | undefined;
}

const said = ({ description, deprecationReason }: Described): string =>
  [prose(description), ...(deprecationReason == null ? [] : [`**Deprecated.** ${prose(deprecationReason)}`])].join(' ').trim();

const argumentsTable = (field: Field): readonly string[] =>
  field.args.length === 0
    ? []
    : [
        table(
          ['Argument', 'Type', ''],
          field.args.map((arg) => [`\`${arg.name}\``, linked(arg.type), said(arg)]),
        ),
      ];

function rootField(root: Root, holder: GraphQLObjectType, field: Field, examples: Examples): string {
  const text = said(field);
  const need = NEED.exec(text)?.[0].trim() ?? VIEWER_NEED;
  return [
    `## ${field.name}`,
    text.replace(NEED, ''),
    ...argumentsTable(field),
    `Answers with ${linked(field.type)}. ${need}`,
    exampleOf(examples.ofRootField(root, holder, field)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function fieldCall(field: Field): string {
  const args = field.args.map((arg) => `\`${arg.name}\` ${linked(arg.type)}${said(arg) === '' ? '' : `: ${said(arg)}`}`);
  return args.length === 0 ? said(field) : `${said(field)} Takes ${args.join('; ')}`.trim();
}

function contentOf(type: GraphQLNamedType, schema: GraphQLSchema): readonly string[] {
  if (isObjectType(type) || isInterfaceType(type)) {
    const is = type.getInterfaces();
    const by = isInterfaceType(type) ? schema.getPossibleTypes(type) : [];
    return [
      ...(is.length === 0 ? [] : [`Is a ${is.map(linked).join(' and a ')}.`]),
      ...(by.length === 0 ? [] : [`One of ${by.map(linked).join(', ')}.`]),
      table(
        ['Field', 'Type', ''],
        Object.values(type.getFields()).map((field) => [`\`${field.name}\``, linked(field.type), fieldCall(field)]),
      ),
    ];
  }
  if (isUnionType(type)) return [`One of ${type.getTypes().map(linked).join(', ')}.`];
  if (isEnumType(type))
    return [
      table(
        ['Value', ''],
        type.getValues().map((value) => [`\`${value.name}\``, said(value)]),
      ),
    ];
  if (!isInputObjectType(type)) return [];
  const rows = Object.values(type.getFields()).map((field) => [
    `\`${field.name}\``,
    linked(field.type),
    `${said(field)}${isRequiredInputField(field) ? '' : ' May be left out.'}`.trim(),
  ]);
  return [...(type.isOneOf ? ['Exactly one of these fields is given.'] : []), table(['Field', 'Type', ''], rows)];
}

function typeEntry(type: GraphQLNamedType, schema: GraphQLSchema, examples: Examples): string {
  return [`## ${type.name}`, prose(type.description), ...contentOf(type, schema), exampleOf(examples.ofType(type))]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The pages of the API, as documents: all that the SDL says, and for each thing an operation that asks for it. */
export function referenceSources(sdl: string): readonly Source[] {
  const schema = buildSchema(sdl);
  const examples = new Examples(schema);
  const rootTypes = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() };
  const roots = ROOTS.map(({ file, title, root, intro }) => {
    const holder = rootTypes[root];
    if (holder === undefined || holder === null) throw new Error(`Invariant: the schema has a type for each ${root}`);
    const entries = Object.values(holder.getFields()).map((field) => rootField(root, holder, field, examples));
    return { path: `docs/reference/${file}.md`, text: [`# ${title}`, intro, ...entries].join('\n\n') };
  });
  const isRoot = (type: GraphQLNamedType): boolean => Object.values(rootTypes).some((root) => root === type);
  const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__') && !isRoot(type));
  const kinds = KINDS.map(({ file, title, intro, holds }) => {
    const entries = types
      .filter((type) => holds(type))
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map((type) => (isSpecifiedScalarType(type) ? `## ${type.name}\n\nOf GraphQL itself.` : typeEntry(type, schema, examples)));
    return { path: `docs/reference/${file}.md`, text: [`# ${title}`, intro, ...entries].join('\n\n') };
  });
  return [...roots, ...kinds];
}
