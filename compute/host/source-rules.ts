import { crossingViolations } from './crossing-rules.ts';
import { allNodes, isNode, nodesOf, parseSource, type SyntaxNode, type Violation } from './syntax-tree.ts';

/** The compiler's own list of unsafe operations lacks this one: it would read any memory, bars to come included. */
const FORBIDDEN_NAMES: readonly string[] = ['changetype'];
const FORBIDDEN_DECORATORS: readonly string[] = ['builtin', 'external', 'global', 'lazy', 'unmanaged', 'unsafe'];

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

/** The compiler's flags of declarations: it exports them as types only. */
const CONST_FLAG = 8;
const STATIC_FLAG = 32;
const hasFlag = (node: SyntaxNode, flag: number): boolean => (Number(node['flags'] ?? 0) & flag) !== 0;
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
  const nodes = allNodes(parseSource(source));
  return [...[...nodes].flatMap(violationsOf), ...crossingViolations(nodes)].sort((a, b) => a.offset - b.offset);
}
