import { newOptions, newProgram, parse } from 'assemblyscript';

export interface ForbiddenImport {
  readonly path: string;
  readonly offset: number;
}

interface PathStatement {
  readonly path: { readonly value: string; readonly range: { readonly start: number } } | null;
}

function hasPath(statement: object): statement is PathStatement {
  return 'path' in statement && typeof statement.path === 'object' && statement.path !== null && 'value' in statement.path;
}

/** Every import and re-export of a strategy's source that is not from 'tidemark'. Syntax errors are left to the compiler. */
export function forbiddenImports(source: string): readonly ForbiddenImport[] {
  const program = newProgram(newOptions());
  parse(program, source, 'strategy.ts', true);
  const statements: readonly object[] = program.sources.find((each) => each.normalizedPath === 'strategy.ts')?.statements ?? [];
  return statements
    .filter(hasPath)
    .flatMap(({ path }) => (path === null || path.value === 'tidemark' ? [] : [{ path: path.value, offset: path.range.start }]));
}
