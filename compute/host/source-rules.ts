import { newOptions, newProgram, parse } from 'assemblyscript';

/** A rule for strategies that the compiler does not know. */
export interface Violation {
  readonly offset: number;
  readonly message: string;
}

/** The compiler's own list of unsafe operations lacks this one: it would read any memory, bars to come included. */
const FORBIDDEN_NAMES: readonly string[] = ['changetype'];
const FORBIDDEN_DECORATORS: readonly string[] = ['builtin', 'external', 'global', 'lazy', 'unmanaged', 'unsafe'];

type SyntaxNode = Readonly<Record<string, unknown>> & { readonly kind: number; readonly range: { readonly start: number } };

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'range' in value &&
    typeof value.range === 'object' &&
    value.range !== null
  );
}

/** Children of a node, whatever its kind. A range leads back to the whole source. */
function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.entries(node)
    .filter(([property]) => property !== 'range')
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

/** Every node of a syntax tree, parents first: without recursion, for a source may nest deeply. */
function allNodes(roots: readonly SyntaxNode[]): ReadonlySet<SyntaxNode> {
  const seen = new Set(roots);
  for (const node of seen) for (const child of childrenOf(node)) seen.add(child);
  return seen;
}

function importProblem(node: SyntaxNode): string | undefined {
  if (!isNode(node['path'])) return undefined;
  const path = String(node['path']['value']);
  return path === 'tidemark' ? undefined : `A strategy may import from 'tidemark' only, not from '${path}'.`;
}

function decoratorProblem(decorator: SyntaxNode): string | undefined {
  const name = isNode(decorator['name']) ? String(decorator['name']['text']) : '';
  return FORBIDDEN_DECORATORS.includes(name) ? `The decorator @${name} is not available to a strategy.` : undefined;
}

function violationsOf(node: SyntaxNode): readonly Violation[] {
  const text = node['text'];
  if (typeof text === 'string' && FORBIDDEN_NAMES.includes(text)) {
    return [{ offset: node.range.start, message: `${text} is not available to a strategy: it reaches around the types.` }];
  }
  const decorators = Array.isArray(node['decorators']) ? node['decorators'].filter(isNode) : [];
  const problems = decorators.map((each) => ({ offset: each.range.start, message: decoratorProblem(each) }));
  const path = isNode(node['path']) ? [{ offset: node['path'].range.start, message: importProblem(node) }] : [];
  return [...problems, ...path].flatMap(({ offset, message }) => (message === undefined ? [] : [{ offset, message }]));
}

function parseSource(source: string): readonly SyntaxNode[] {
  const program = newProgram(newOptions());
  parse(program, source, 'strategy.ts', true);
  const statements: readonly unknown[] = program.sources.find((each) => each.normalizedPath === 'strategy.ts')?.statements ?? [];
  return statements.filter(isNode);
}

/** The compiler's flags of declarations: it exports them as types only. */
const CONST_FLAG = 8;
const STATIC_FLAG = 32;
const hasFlag = (node: SyntaxNode, flag: number): boolean => (Number(node['flags'] ?? 0) & flag) !== 0;
const nodesOf = (value: unknown): readonly SyntaxNode[] => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []);
/** Kinds of literals from here on are regular expressions, arrays and objects. */
const PLAIN_LITERALS_END = 4;
const isLiteral = (value: unknown): boolean => isNode(value) && Number(value['literalKind'] ?? Infinity) < PLAIN_LITERALS_END;

/** Of a statement outside functions, or a member: a constant that is a number or a text keeps nothing, anything else may. */
function keepsState(node: SyntaxNode): boolean {
  // Imports declare names only.
  const variables = 'path' in node ? [] : nodesOf(node['declarations']);
  if (variables.some((each) => !hasFlag(each, CONST_FLAG) || !isLiteral(each['initializer']))) return true;
  const isStaticField = hasFlag(node, STATIC_FLAG) && !('signature' in node);
  return isStaticField || [...nodesOf(node['members']), ...nodesOf(node['declaration'])].some(keepsState);
}

/** Whether a source keeps anything outside its instances: variables of the file, or static fields. */
export function hasOuterState(source: string): boolean {
  return parseSource(source).some(keepsState);
}

/** Where a strategy's source breaks the rules. Errors of syntax and type are left to the compiler. */
export function findViolations(source: string): readonly Violation[] {
  return [...allNodes(parseSource(source))].flatMap(violationsOf).sort((a, b) => a.offset - b.offset);
}
