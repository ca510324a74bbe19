import { isNode, nodesOf, type SyntaxNode, type Violation } from './syntax-tree.ts';

const BASE = 'CrossingStrategy';
/** What would be left out, or would see bars to come, because a crossing strategy is asked at its crossings only. */
const NOT_OVERRIDDEN: readonly string[] = ['onBar', 'onBars'];
const OF_THE_KERNEL: readonly string[] = ['stand', 'setPrevious', 'fastOf', 'slowOf'];
/** The compiler does not keep private members private. */
const PRIVATE: readonly string[] = ['pairs', 'pairOf'];
const FILTERS: readonly string[] = ['fastFilter', 'slowFilter'];

const textOf = (value: unknown): string => (isNode(value) && typeof value['text'] === 'string' ? value['text'] : '');

/** `Crossing` of `Crossing`, and of `sdk.Crossing`. */
function lastName(typeName: unknown): string {
  let name = typeName;
  while (isNode(name) && isNode(name['next'])) name = name['next'];
  return isNode(name) ? textOf(name['identifier']) : '';
}

const nameOfType = (type: unknown): string => (isNode(type) ? lastName(type['name']) : '');

type Meanings = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * What each name of the source may stand for: an import for what it names there, a class for its base, an alias for its type or value. Scopes are
 * not told apart: a name that means several things means all of them.
 */
function meaningsOf(nodes: ReadonlySet<SyntaxNode>): Meanings {
  const known = new Map<string, Set<string>>();
  for (const node of nodes) {
    const name = textOf(node['name']);
    const meaning =
      textOf(node['foreignName']) || nameOfType(node['extendsType']) || nameOfType(node['type']) || textOf(node['initializer']);
    if (name === '' || meaning === '') continue;
    const meanings = known.get(name) ?? new Set();
    known.set(name, meanings.add(meaning));
  }
  return known;
}

/** A name and all that it leads to. */
function leadsTo(name: string, known: Meanings): ReadonlySet<string> {
  const found = new Set([name]);
  for (const each of found) for (const meaning of known.get(each) ?? []) found.add(meaning);
  return found;
}

/** The class that `return new …` of a method's only statement makes; `undefined` where it does anything else. */
function classMade(method: SyntaxNode): string | undefined {
  const statements = isNode(method['body']) ? nodesOf(method['body']['statements']) : [];
  const [only] = statements;
  const made = only !== undefined && isNode(only['value']) ? only['value'] : undefined;
  return statements.length === 1 && made !== undefined && 'typeName' in made ? lastName(made['typeName']) : undefined;
}

function memberProblem(member: SyntaxNode, isOwn: (name: string) => boolean): string | undefined {
  const name = textOf(member['name']);
  if (NOT_OVERRIDDEN.includes(name)) {
    return `A CrossingStrategy acts at crossings only: ${name} would be left out at other bars. Use onCross, or extend Strategy.`;
  }
  if ([...OF_THE_KERNEL, ...PRIVATE].includes(name))
    return `${name} of a CrossingStrategy is the kernel's: it is not for strategies to override.`;
  if (!FILTERS.includes(name)) return undefined;
  const made = classMade(member);
  if (made !== undefined && !isOwn(made)) return undefined;
  return `${name} of a CrossingStrategy must be a single "return new …;" of an indicator from 'tidemark': the filter runs ahead of the bar in view.`;
}

/** `strategy.fastOf`: the filters stand at a later bar than the one in view. */
function useProblem(node: SyntaxNode): Violation | undefined {
  const property = isNode(node['property']) ? node['property'] : undefined;
  const name = textOf(property);
  if (property === undefined || ![...OF_THE_KERNEL, ...PRIVATE, ...FILTERS].includes(name)) return undefined;
  return { offset: property.range.start, message: `${name} of a CrossingStrategy is the kernel's: it is not for strategies to call.` };
}

/** Where a source breaks the promises on which the kernel visits the crossings of a `CrossingStrategy` only. */
export function crossingViolations(nodes: ReadonlySet<SyntaxNode>): readonly Violation[] {
  const known = meaningsOf(nodes);
  const classes = [...nodes].filter((node) => 'extendsType' in node);
  const crossing = classes.filter(({ extendsType }) => leadsTo(nameOfType(extendsType), known).has(BASE));
  if (crossing.length === 0) return [];
  const ownClasses = new Set(classes.map(({ name }) => textOf(name)));
  const isOwn = (name: string): boolean => !ownClasses.isDisjointFrom(leadsTo(name, known));
  const members = crossing.flatMap(({ members: each }) => nodesOf(each));
  const problems = members.flatMap((member) => {
    const message = memberProblem(member, isOwn);
    return message === undefined || !isNode(member['name']) ? [] : [{ offset: member['name'].range.start, message }];
  });
  return [...problems, ...[...nodes].flatMap((node) => useProblem(node) ?? [])];
}
