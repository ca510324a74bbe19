import { newOptions, newProgram, parse } from 'assemblyscript';

/** A node of the compiler's syntax tree, of any kind. */
export type SyntaxNode = Readonly<Record<string, unknown>> & { readonly kind: number; readonly range: { readonly start: number } };

/** A rule for strategies that the compiler does not know. */
export interface Violation {
  readonly offset: number;
  readonly message: string;
}

export function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'range' in value &&
    typeof value.range === 'object' &&
    value.range !== null
  );
}

export const nodesOf = (value: unknown): readonly SyntaxNode[] =>
  Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];

/** Children of a node, whatever its kind. A range leads back to the whole source. */
function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.entries(node)
    .filter(([property]) => property !== 'range')
    .flatMap(([, value]) => nodesOf(value));
}

/** Every node of a syntax tree, parents first: without recursion, for a source may nest deeply. */
export function allNodes(roots: readonly SyntaxNode[]): ReadonlySet<SyntaxNode> {
  const seen = new Set(roots);
  for (const node of seen) for (const child of childrenOf(node)) seen.add(child);
  return seen;
}

/** The statements of a source; those that could be read where its syntax is wrong. */
export function parseSource(source: string): readonly SyntaxNode[] {
  const program = newProgram(newOptions());
  parse(program, source, 'strategy.ts', true);
  const statements: readonly unknown[] = program.sources.find((each) => each.normalizedPath === 'strategy.ts')?.statements ?? [];
  return statements.filter(isNode);
}
