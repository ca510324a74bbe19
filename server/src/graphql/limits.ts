import { getOperationAST, GraphQLError, Kind, Lexer, parse as parseDocument, Source, TokenKind } from 'graphql';
import type { DocumentNode, FieldNode, FragmentDefinitionNode, ParseOptions, SelectionSetNode, Token } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { badInput } from './connections.ts';
import { checkTexts, variablesProblemOf } from './storable-text.ts';

/** What one document may ask for. The dashboard's largest needs depth 5, no aliases and about a tenth of the tokens. */
export const DOCUMENT_LIMITS = {
  charactersMax: 100_000,
  /** Comments too: a parsed document keeps them as long as itself. */
  tokensMax: 3_000,
  /** Brackets of any kind within each other, also of values: the parser calls itself for each. */
  nestingMax: 100,
  depthMax: 8,
  /** Introspection nests types in types; the library's own rule bounds how often. */
  introspectionDepthMax: 20,
  aliasesMax: 20,
  directivesMax: 20,
  rootFieldsMax: 20,
  /** Fields that would be resolved, lists counted by the page that was asked for. */
  costMax: 200_000,
} as const;

/** A past state is worked out by replaying the journal: as much as many fields, whatever is asked of it. */
const PAST_COST = 20_000;
/** Fields that are as dear by themselves: a whole backtest is run for one, or as many bars are drawn. */
const DEAR_FIELDS: ReadonlySet<string> = new Set(['strategyParity', 'strategyBands', 'journalCheck', 'cone', 'trialTable']);
const LIST_ITEMS_DEFAULT = 50;
/** A list inside a page: fills of an order, points of a run. */
const INNER_LISTS: ReadonlySet<string> = new Set([
  'fills',
  'life',
  'denials',
  'trades',
  'trips',
  'equity',
  'metrics',
  'holdings',
  'bars',
  'values',
  'entries',
]);
const INNER_LIST_ITEMS = 10;

const tooMuch = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'QUERY_TOO_LARGE', http: { status: 400 } } });

/** A page's size as it counts; a field that allows less says so itself. */
function pageSize(first: number): number {
  if (first < 0) throw badInput(`first must be 0 or more, got ${first}`);
  return Math.max(1, first);
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

const fragmentsOf = (document: DocumentNode): Fragments =>
  new Map(document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]));

/** Adds up over a selection, each fragment once: fragments that amplify each other cost no more to check than to write. */
class Measure {
  private readonly fragments: Fragments;
  private readonly variables: Readonly<Record<string, unknown>>;
  private readonly known = new Map<string, { readonly depth: number; readonly cost: number }>();
  private readonly open = new Set<string>();

  constructor(fragments: Fragments, variables: Readonly<Record<string, unknown>>) {
    this.fragments = fragments;
    this.variables = variables;
  }

  of(set: SelectionSetNode | undefined): { readonly depth: number; readonly cost: number } {
    let depth = 0;
    let cost = 0;
    for (const selection of set?.selections ?? []) {
      const part =
        selection.kind === Kind.FIELD
          ? this.field(selection)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.of(selection.selectionSet)
            : this.fragment(selection.name.value);
      depth = Math.max(depth, part.depth);
      cost += part.cost;
    }
    return { depth, cost };
  }

  private field(node: FieldNode): { readonly depth: number; readonly cost: number } {
    const inner = this.of(node.selectionSet);
    return {
      depth: inner.depth + 1,
      cost: 1 + inner.cost * this.items(node) + (DEAR_FIELDS.has(node.name.value) || this.isOfThePast(node) ? PAST_COST : 0),
    };
  }

  private isOfThePast(node: FieldNode): boolean {
    const asOf = node.arguments?.find(({ name }) => name.value === 'asOf')?.value;
    if (asOf?.kind === Kind.VARIABLE) return (this.variables[asOf.name.value] ?? null) !== null;
    return asOf !== undefined && asOf.kind !== Kind.NULL;
  }

  private items(node: FieldNode): number {
    const first = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    if (first?.kind === Kind.INT) return pageSize(Number(first.value));
    if (first?.kind === Kind.VARIABLE) {
      const given = this.variables[first.name.value];
      return typeof given === 'number' ? pageSize(given) : LIST_ITEMS_DEFAULT;
    }
    if (node.selectionSet?.selections.some((selection) => selection.kind === Kind.FIELD && selection.name.value === 'edges'))
      return LIST_ITEMS_DEFAULT;
    return INNER_LISTS.has(node.name.value) ? INNER_LIST_ITEMS : 1;
  }

  private fragment(name: string): { readonly depth: number; readonly cost: number } {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    if (this.open.has(name)) throw tooMuch(`The fragment "${name.slice(0, 60)}" contains itself.`);
    this.open.add(name);
    const measured = this.of(this.fragments.get(name)?.selectionSet);
    this.open.delete(name);
    this.known.set(name, measured);
    return measured;
  }
}

/** Aliases and directives over the whole document, whatever is used of it. */
function countMarks(set: SelectionSetNode, count: { aliases: number; directives: number }): void {
  for (const selection of set.selections) {
    count.directives += selection.directives?.length ?? 0;
    if (selection.kind === Kind.FIELD && selection.alias !== undefined) count.aliases += 1;
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined) countMarks(selection.selectionSet, count);
  }
}

const isIntrospection = (set: SelectionSetNode): boolean =>
  set.selections.every(
    (selection) => selection.kind === Kind.FIELD && (selection.name.value === '__schema' || selection.name.value === '__type'),
  );

/** Throws where a parsed document asks for too much whatever its variables are. */
export function checkDocument(document: DocumentNode): void {
  const marks = { aliases: 0, directives: 0 };
  const measure = new Measure(fragmentsOf(document), {});
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION && node.kind !== Kind.FRAGMENT_DEFINITION) continue;
    marks.directives += node.directives?.length ?? 0;
    countMarks(node.selectionSet, marks);
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    if (node.selectionSet.selections.length > DOCUMENT_LIMITS.rootFieldsMax) {
      throw tooMuch(`At most ${DOCUMENT_LIMITS.rootFieldsMax} fields at the root of an operation.`);
    }
    const depthMax = isIntrospection(node.selectionSet) ? DOCUMENT_LIMITS.introspectionDepthMax : DOCUMENT_LIMITS.depthMax;
    if (measure.of(node.selectionSet).depth > depthMax) throw tooMuch(`The operation is nested deeper than ${depthMax}.`);
  }
  if (marks.aliases > DOCUMENT_LIMITS.aliasesMax) throw tooMuch(`At most ${DOCUMENT_LIMITS.aliasesMax} aliases in a document.`);
  if (marks.directives > DOCUMENT_LIMITS.directivesMax) throw tooMuch(`At most ${DOCUMENT_LIMITS.directivesMax} directives in a document.`);
}

/** The cost of one operation with its variables: fields that would be resolved. */
export function costOf(
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
): number {
  const operation = getOperationAST(document, operationName);
  return operation === null || operation === undefined ? 0 : new Measure(fragmentsOf(document), variables).of(operation.selectionSet).cost;
}

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Comments that stand before a token. */
function commentsBefore(token: Token): number {
  let comments = 0;
  for (let before = token.prev; before?.kind === TokenKind.COMMENT; before = before.prev) comments += 1;
  return comments;
}

/** Reads token by token, so that no nesting is too deep to be looked at. */
function checkTokens(source: Source): void {
  const lexer = new Lexer(source);
  let nesting = 0;
  let tokens = 0;
  for (let isEnd = false; !isEnd;) {
    // Moving on skips comments.
    const token = lexer.advance();
    isEnd = token.kind === TokenKind.EOF;
    tokens += commentsBefore(token) + (isEnd ? 0 : 1);
    if (tokens > DOCUMENT_LIMITS.tokensMax) throw tooMuch(`A document has at most ${DOCUMENT_LIMITS.tokensMax} tokens, comments counted.`);
    if (OPENING.has(token.kind)) nesting += 1;
    if (CLOSING.has(token.kind)) nesting -= 1;
    if (nesting > DOCUMENT_LIMITS.nestingMax) throw tooMuch(`At most ${DOCUMENT_LIMITS.nestingMax} brackets within each other.`);
  }
}

function parseWithin(source: string | Source, options?: ParseOptions): DocumentNode {
  const text = typeof source === 'string' ? source : source.body;
  if (text.length > DOCUMENT_LIMITS.charactersMax) throw tooMuch(`A document has at most ${DOCUMENT_LIMITS.charactersMax} characters.`);
  checkTokens(typeof source === 'string' ? new Source(source) : source);
  const document = parseDocument(source, { ...options, maxTokens: DOCUMENT_LIMITS.tokensMax });
  checkDocument(document);
  checkTexts(document);
  return document;
}

interface Operation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: { readonly [variable: string]: unknown } | null | undefined;
}

/** What is wrong with an operation and its variables, before anything of it is resolved. */
function operationProblem({ document, operationName, variableValues }: Operation): GraphQLError | undefined {
  try {
    const problem = variablesProblemOf(variableValues, DOCUMENT_LIMITS.nestingMax);
    if (problem !== undefined) return problem;
    const cost = costOf(document, operationName, variableValues ?? {});
    return cost > DOCUMENT_LIMITS.costMax
      ? tooMuch(`The operation would cost ${cost} fields; at most ${DOCUMENT_LIMITS.costMax}. Ask for smaller pages.`)
      : undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** Keeps every operation within {@link DOCUMENT_LIMITS}, over HTTP and over WebSocket alike. */
export function documentLimits(): Plugin {
  return {
    onParse: ({ setParseFn }) => setParseFn(parseWithin),
    onExecute: ({ args, setResultAndStopExecution }) => {
      const problem = operationProblem(args);
      if (problem !== undefined) setResultAndStopExecution({ errors: [problem] });
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const problem = operationProblem(args);
      if (problem !== undefined) setResultAndStopExecution({ errors: [problem] });
    },
  };
}
