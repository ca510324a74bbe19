import ts from 'typescript';

/** A tracked file: its path from the root, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One broken rule of the house. */
export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

export type Rule = (file: SourceFile) => readonly Violation[];

/** Slices of the server in import order: code of one may use itself and what stands before it. */
export const SLICES = [
  'money',
  'instruments',
  'market-data',
  'options',
  'features',
  'orders',
  'positions',
  'risk',
  'strategies',
  'approvals',
  'recommendations',
  'engine',
  'jobs',
  'trials',
  'backtests',
  'research',
  'models',
  'predictions',
  'agents',
  'alerts',
  'traces',
  'accounts',
] as const;
/** What stands after the slices, in order. The exchange uses only money, instruments and market data. */
export const SURROUNDINGS = ['exchange', 'journal', 'platform', 'graphql', 'simulation', 'commands'] as const;
const ORDER: readonly string[] = [...SLICES, ...SURROUNDINGS];

const isTest = (path: string): boolean =>
  /\.(?:test|prop\.test|bench)\.ts$/.test(path) || /(?:^|\/)(?:test|e2e|bench)\//.test(path) || path.endsWith('conformance.ts');
const isTypeScript = (path: string): boolean => path.endsWith('.ts') && !path.endsWith('.d.ts');

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;

function importsOf(text: string): readonly Import[] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    specifier: match[2] ?? '',
    line: lineOf(text, match.index),
    typeOnly: match[1] !== undefined,
  }));
}

/** `server/src/orders/store.ts` + `../risk/gate.ts` → `server/src/risk/gate.ts`. */
function resolveImport(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

const sliceOf = (path: string): string | undefined => /^server\/src\/([^/]+)\//.exec(path)?.[1];
/** GraphQL types stand in their slice but belong to the outermost layer. */
const isGraphqlEdge = (path: string): boolean => /\/graphql[^/]*\.ts$/.test(path);
const isEdge = (path: string): boolean => isGraphqlEdge(path) || /\/(?:service|store|[a-z-]+-service|[a-z-]+-store)\.ts$/.test(path);

/** Values flow one way; types may be named in both, for they do nothing. */
export const importOrder: Rule = ({ path, text }) => {
  const slice = sliceOf(path);
  if (slice === undefined || isTest(path) || isGraphqlEdge(path)) return [];
  const rank = isEdge(path) ? Math.max(ORDER.indexOf(slice), ORDER.indexOf('platform')) : ORDER.indexOf(slice);
  if (rank < 0) return [{ rule: 'import-order', path, line: 1, what: `the folder ${slice} has no place in the import order` }];
  return importsOf(text).flatMap(({ specifier, line, typeOnly }) => {
    if (typeOnly || !specifier.startsWith('.')) return [];
    const target = sliceOf(resolveImport(path, specifier));
    if (target === undefined || target === slice || ORDER.indexOf(target) <= rank) return [];
    return [{ rule: 'import-order', path, line, what: `${slice} may not use ${target}, which comes after it` }];
  });
};

export const storeIsPrivate: Rule = ({ path, text }) => {
  if (isTest(path)) return [];
  return importsOf(text).flatMap(({ specifier, line, typeOnly }) => {
    const target = resolveImport(path, specifier);
    if (typeOnly || !specifier.startsWith('.') || !target.endsWith('store.ts') || sliceOf(target) === sliceOf(path)) return [];
    return [{ rule: 'store-is-private', path, line, what: `${target} belongs to its slice: call its service.ts` }];
  });
};

const WORLD = [
  [/\bDate\.now\s*\(/g, 'the clock'],
  [/\bnew Date\(\s*\)/g, 'the clock'],
  [/\bperformance\.now\s*\(/g, 'the clock'],
  [/\bTemporal\.Now\b/g, 'the clock'],
  [/\bMath\.random\s*\(/g, 'randomness'],
  [/\brandom(?:UUID|Bytes)\s*\(/g, 'randomness'],
  [/\bset(?:Timeout|Interval|Immediate)\s*\(/g, 'a timer'],
  [/(?<![.\w])fetch\s*\(/g, 'the network'],
  [/from 'node:(?:fs|net|http|https|child_process|worker_threads|dns|tls|os)(?:\/[a-z]+)?'/g, 'the world'],
  [/\bprocess\.(?:env|argv|exit|hrtime)/g, 'the process'],
] as const;

/** Files of a slice that touch the world, by reserved name. */
const TOUCHES_THE_WORLD =
  /\/(?:store|service|graphql[^/]*|[a-z-]+-(?:service|store|worker))\.ts$|\/(?:providers|brokers|session|http)\/|\/sample-data\.ts$|\/(?:session|run-worker)\.ts$/;

export const pureCode: Rule = ({ path, text }) => {
  const slice = sliceOf(path);
  const pureSlice = slice !== undefined && SLICES.some((name) => name === slice);
  const pureExchange = path.startsWith('server/src/exchange/core/');
  const simulation = path.startsWith('server/src/simulation/') && !path.startsWith('server/src/simulation/host/');
  if (!(pureSlice || pureExchange || simulation) || isTest(path) || TOUCHES_THE_WORLD.test(path)) return [];
  return WORLD.flatMap(([pattern, what]) =>
    [...text.matchAll(pattern)].map((match) => ({
      rule: 'pure-code',
      path,
      line: lineOf(text, match.index),
      what: `pure code may not touch ${what}: ${match[0].trim()}`,
    })),
  );
};

export const meaningfulNames: Rule = ({ path }) =>
  /(?:^|\/)(?:utils?|misc|helpers?|common|shared)(?:\.[a-z.]+)?(?:\/|$)/.test(path)
    ? [{ rule: 'meaningful-names', path, line: 1, what: 'a name that says nothing: name what is inside' }]
    : [];

const LINES_MAX = 400;
export const FUNCTION_LINES_MAX = 70;

export const fileSize: Rule = ({ path, text }) => {
  if (!/\.(?:ts|svelte|mjs)$/.test(path) || path.startsWith('schema/')) return [];
  const lines = text.split('\n').length;
  return lines > LINES_MAX ? [{ rule: 'file-size', path, line: 1, what: `${lines} lines, at most ${LINES_MAX}: split by meaning` }] : [];
};

/** Test suites nest functions by nature; code does not. */
export const functionSize: Rule = ({ path, text }) => {
  if (!isTypeScript(path) || isTest(path) || path.startsWith('compute/assembly/')) return [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const violations: Violation[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const start = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const lines = source.getLineAndCharacterOfPosition(node.end).line - start + 1;
      if (lines > FUNCTION_LINES_MAX)
        violations.push({
          rule: 'function-size',
          path,
          line: start + 1,
          what: `a function of ${lines} lines, at most ${FUNCTION_LINES_MAX}`,
        });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return violations;
};

const matches = (rule: string, what: string, pattern: RegExp, applies: (path: string) => boolean): Rule => {
  return ({ path, text }) =>
    applies(path)
      ? [...text.matchAll(pattern)].map((match) => ({
          rule,
          path,
          line: lineOf(text, match.index),
          what: `${what}: ${match[0].trim().slice(0, 80)}`,
        }))
      : [];
};

const isCode = (path: string): boolean =>
  /\.(?:ts|svelte|mjs|js)$/.test(path) && !path.endsWith('scripts/tidy.ts') && !path.endsWith('tidy.test.ts');
const isText = (path: string): boolean =>
  /\.(?:ts|svelte|mjs|js|md|json|yml|yaml|html|css|graphql|sh|txt)$|Dockerfile$|\.ci\/run$/.test(path) &&
  !/scripts\/tidy\.ts$|tidy\.test\.ts$/.test(path);

export const noMachinePaths = matches('no-machine-paths', 'a path of one machine', /(?<![\w./-])\/(?:work|root|farm)\/[\w.-]*/g, isText);
export const noRegistryHosts = matches(
  'no-registry-hosts',
  'a registry’s host',
  /https?:\/\/(?:registry\.[\w.-]+|[\w.-]*npmjs\.(?:org|com)\/[\w@/-]+\.tgz)/g,
  isText,
);
export const noLeftovers = matches('no-leftovers', 'work left undone', /\b(?:TODO|FIXME|XXX|HACK)\b/g, isCode);
export const noFocusedTests = matches(
  'no-focused-tests',
  'a test that is switched',
  /\b(?:it|test|describe)\.(?:only|skip|todo)\b/g,
  isCode,
);
/** The same text with comments turned to blanks, so that lines keep their numbers. */
const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, (comment) => comment.replaceAll(/[^\n]/g, ' '));

const anyInCode = matches(
  'no-any',
  'any',
  /(?::\s*any\b|\bas any\b|<any>)/g,
  (path) => isCode(path) && !path.startsWith('compute/assembly/'),
);
export const noAny: Rule = ({ path, text }) => anyInCode({ path, text: withoutComments(text) });
export const noEmptyCatch = matches('no-empty-catch', 'a swallowed error', /catch\s*(?:\([^)]*\))?\s*\{\s*\}/g, isCode);

export const assemblyStandsAlone: Rule = ({ path, text }) => {
  if (!path.startsWith('compute/assembly/')) return [];
  return importsOf(text).flatMap(({ specifier, line }) => {
    if (specifier === 'tidemark') return [];
    if (specifier.startsWith('.') && resolveImport(path, specifier).startsWith('compute/assembly/')) return [];
    return [{ rule: 'assembly-stands-alone', path, line, what: `compute/assembly imports nothing outside itself: ${specifier}` }];
  });
};

export const webKnowsNoServer: Rule = ({ path, text }) => {
  if (!path.startsWith('web/src/')) return [];
  return [...text.matchAll(/from '([^']*(?:@tidemark\/server|\/server\/src)[^']*)'/g)].map((match) => ({
    rule: 'web-knows-no-server',
    path,
    line: lineOf(text, match.index),
    what: `the dashboard knows the schema and the compute core only: ${match[1] ?? ''}`,
  }));
};

/** Only files that construct adapters may name the class of one. */
export const RULES: readonly Rule[] = [
  importOrder,
  storeIsPrivate,
  pureCode,
  meaningfulNames,
  fileSize,
  functionSize,
  noMachinePaths,
  noRegistryHosts,
  noLeftovers,
  noFocusedTests,
  noAny,
  noEmptyCatch,
  assemblyStandsAlone,
  webKnowsNoServer,
];

const DOC_PATH = /`((?:server|compute|web|schema|migrations|docs|adr|scripts|e2e)\/[\w./-]+)`/g;

/** Paths that a document names and that are not there. */
export function missingPaths(file: SourceFile, exists: (path: string) => boolean): readonly Violation[] {
  if (!file.path.endsWith('.md')) return [];
  return [...file.text.matchAll(DOC_PATH)].flatMap((match) => {
    const named = (match[1] ?? '').replace(/\/$/, '');
    if (exists(named)) return [];
    return [{ rule: 'docs-name-what-exists', path: file.path, line: lineOf(file.text, match.index), what: `${named} does not exist` }];
  });
}
