import { UsageError } from './backtest-flags.ts';
import type { AxisValue } from './parameter-axis.ts';

/** A name that a condition may use: its kind, and the index of its value. */
export interface ConditionName {
  readonly name: string;
  readonly kind: 'number' | 'text';
}

/** One of the parts of a condition that must all hold. */
export interface ConditionPart {
  /** Values in the order of the names. */
  readonly holds: (values: readonly AxisValue[]) => boolean;
  /** The index of the last name that it reads; -1 where it reads none. */
  readonly last: number;
}

type Read<T> = (values: readonly AxisValue[]) => T;
type Node = { readonly last: number } & (
  | { readonly kind: 'number'; readonly read: Read<number> }
  | { readonly kind: 'text'; readonly read: Read<string> }
  | { readonly kind: 'truth'; readonly read: Read<boolean>; readonly parts: readonly ConditionPart[] }
);
type Kind = Node['kind'];
type NodeOf<K extends Kind> = Extract<Node, { readonly kind: K }>;

interface Token {
  readonly text: string;
  readonly kind: 'number' | 'name' | 'text' | 'sign' | 'end';
  /** From 1. */
  readonly position: number;
}

const TOKEN =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|'([^']*)'|"([^"]*)"|(&&|\|\||[<>=!]=|[<>!()+*/-]))/y;
const DEPTH_MAX = 100;
const KIND_WORDS: Readonly<Record<Kind, string>> = { number: 'a number', text: 'a text', truth: 'a comparison' };

const NUMBERS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};
const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

/** What a text is called where it is wrong, and what its names are. */
export interface ConditionWords {
  readonly what: string;
  readonly name: string;
}

const WORDS: ConditionWords = { what: 'condition', name: 'parameter' };

function tokenize(source: string, fail: (position: number, reason: string) => never): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = source.trimEnd().length;
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const match = pattern.exec(source);
    if (match === null) {
      const at = start + (source.slice(start).match(/^\s*/)?.[0].length ?? 0);
      return fail(at + 1, `${JSON.stringify(source[at])} is not expected`);
    }
    const [all, number, name, single, double, sign] = match;
    const text = number ?? name ?? single ?? double ?? sign ?? '';
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : sign !== undefined ? 'sign' : 'text';
    tokens.push({ text, kind, position: start + all.length - all.trimStart().length + 1 });
  }
  return [...tokens, { text: '', kind: 'end', position: end + 1 }];
}

const truth = (last: number, read: Read<boolean>): NodeOf<'truth'> => ({ kind: 'truth', last, read, parts: [{ last, holds: read }] });

/** Descends by precedence: or, and, comparison, sum, product, sign. */
class ConditionParser {
  private readonly source: string;
  private readonly names: readonly ConditionName[];
  private readonly words: ConditionWords;
  private readonly tokens: readonly Token[];
  private readonly used = new Set<number>();
  private at = 0;
  private depth = 0;

  constructor(source: string, names: readonly ConditionName[], words: ConditionWords) {
    this.source = source;
    this.names = names;
    this.words = words;
    this.tokens = tokenize(source, (position, reason) => this.fail(position, reason));
  }

  /** The whole text, which must be of this kind. */
  parse<K extends Kind>(wanted: K): { readonly node: NodeOf<K>; readonly used: ReadonlySet<number> } {
    const node = this.expect(wanted, this.next.position, this.either());
    const { kind, text, position } = this.next;
    if (kind !== 'end') this.fail(position, `${JSON.stringify(text)} is not expected`);
    return { node, used: this.used };
  }

  private fail(position: number, reason: string): never {
    throw new UsageError(`the ${this.words.what} ${JSON.stringify(this.source)} is wrong at character ${position}: ${reason}`);
  }

  private get next(): Token {
    const token = this.tokens[this.at];
    if (token === undefined) throw new Error('Invariant: the last token is the end');
    return token;
  }

  /** The sign that comes next, taken in, where it is one of these. */
  private take(signs: readonly string[]): Token | undefined {
    const token = this.next;
    if (token.kind !== 'sign' || !signs.includes(token.text)) return undefined;
    this.at += 1;
    return token;
  }

  private expect<K extends Kind>(kind: K, position: number, node: Node): NodeOf<K> {
    if (node.kind !== kind) return this.fail(position, `${KIND_WORDS[kind]} is expected here, this is ${KIND_WORDS[node.kind]}`);
    return node as NodeOf<K>;
  }

  private either(): Node {
    const start = this.next.position;
    let left = this.both();
    while (this.take(['||'])) {
      const { last, read } = this.expect('truth', start, left);
      const right = this.expect('truth', this.next.position, this.both());
      left = truth(Math.max(last, right.last), (values) => read(values) || right.read(values));
    }
    return left;
  }

  private both(): Node {
    const start = this.next.position;
    let left = this.comparison();
    while (this.take(['&&'])) {
      const { last, read, parts } = this.expect('truth', start, left);
      const right = this.expect('truth', this.next.position, this.comparison());
      const all = truth(Math.max(last, right.last), (values) => read(values) && right.read(values));
      left = { ...all, parts: [...parts, ...right.parts] };
    }
    return left;
  }

  private comparison(): Node {
    const start = this.next.position;
    const left = this.sum();
    const sign = this.take(Object.keys(COMPARISONS));
    if (sign === undefined) return left;
    const position = this.next.position;
    const right = this.sum();
    const again = this.next;
    if (again.kind === 'sign' && Object.hasOwn(COMPARISONS, again.text)) {
      this.fail(again.position, 'comparisons cannot be chained: join two with &&');
    }
    const last = Math.max(left.last, right.last);
    if (left.kind === 'text' && (sign.text === '==' || sign.text === '!=')) {
      const { read } = this.expect('text', position, right);
      return truth(last, (values) => (left.read(values) === read(values)) === (sign.text === '=='));
    }
    const { read: a } = this.expect('number', start, left);
    const { read: b } = this.expect('number', position, right);
    const compare = COMPARISONS[sign.text];
    if (compare === undefined) throw new Error('Invariant: a sign of a comparison has its function');
    return truth(last, (values) => compare(a(values), b(values)));
  }

  private sum(): Node {
    return this.chain(['+', '-'], () => this.chain(['*', '/'], () => this.signed()));
  }

  private chain(signs: readonly string[], operand: () => Node): Node {
    const start = this.next.position;
    let left = operand();
    for (let sign = this.take(signs); sign !== undefined; sign = this.take(signs)) {
      const { last, read } = this.expect('number', start, left);
      const right = this.expect('number', this.next.position, operand());
      const combine = NUMBERS[sign.text];
      if (combine === undefined) throw new Error('Invariant: a sign of arithmetic has its function');
      left = { kind: 'number', last: Math.max(last, right.last), read: (values) => combine(read(values), right.read(values)) };
    }
    return left;
  }

  private signed(): Node {
    const sign = this.take(['-', '+', '!']);
    if (sign === undefined) return this.primary();
    return this.deeper(sign, () => {
      const position = this.next.position;
      const operand = this.signed();
      if (sign.text === '!') {
        const { last, read } = this.expect('truth', position, operand);
        return truth(last, (values) => !read(values));
      }
      const { last, read } = this.expect('number', position, operand);
      return { kind: 'number', last, read: sign.text === '-' ? (values) => -read(values) : read };
    });
  }

  private deeper(token: Token, inner: () => Node): Node {
    this.depth += 1;
    if (this.depth > DEPTH_MAX) this.fail(token.position, `it is nested more than ${DEPTH_MAX} deep`);
    const node = inner();
    this.depth -= 1;
    return node;
  }

  private primary(): Node {
    const token = this.next;
    this.at += 1;
    if (token.kind === 'number') return { kind: 'number', last: -1, read: () => Number(token.text) };
    if (token.kind === 'text') return { kind: 'text', last: -1, read: () => token.text };
    if (token.kind === 'name') return this.variable(token);
    if (token.text === '(' && token.kind === 'sign') {
      const inner = this.deeper(token, () => this.either());
      if (!this.take([')'])) this.fail(this.next.position, `) is expected, for the ( at character ${token.position}`);
      return inner;
    }
    const found = token.kind === 'end' ? 'it ends' : `${JSON.stringify(token.text)} stands`;
    return this.fail(token.position, `a ${this.words.name}, a number or ( is expected where ${found}`);
  }

  private variable({ text, position }: Token): Node {
    const index = this.names.findIndex(({ name }) => name === text);
    const variable = this.names[index];
    if (variable === undefined) {
      const known = this.names.map(({ name }) => name).join(', ');
      return this.fail(position, `there is no ${this.words.name} ${text}; there is ${known === '' ? 'none' : known}`);
    }
    this.used.add(index);
    if (variable.kind === 'text') return { kind: 'text', last: index, read: (values) => String(values[index]) };
    return { kind: 'number', last: index, read: (values) => Number(values[index]) };
  }
}

const LENGTH_MAX = 10_000;

function parserOf(source: string, names: readonly ConditionName[], words: ConditionWords): ConditionParser {
  if (source.length > LENGTH_MAX) throw new UsageError(`the ${words.what} has ${source.length} characters; ${LENGTH_MAX} are enough`);
  return new ConditionParser(source, names, words);
}

/**
 * Reads a condition on parameters: comparisons (`< <= > >= == !=`) of names, numbers and `+ - * /`, joined by `&&`, `||` and `!`, with
 * parentheses; texts in quotes can be compared by `==` and `!=`. What divides by zero compares as JavaScript says. Answers the parts that
 * must all hold. Throws {@link UsageError} with the position, from 1, of what is wrong.
 */
export function parseCondition(source: string, names: readonly ConditionName[], words = WORDS): readonly ConditionPart[] {
  return parserOf(source, names, words).parse('truth').node.parts;
}

/** As {@link parseCondition}, as one function of the values, with the indexes of the names that it uses. */
export function parsePredicate(source: string, names: readonly ConditionName[], words = WORDS) {
  const { node, used } = parserOf(source, names, words).parse('truth');
  return { holds: node.read, used };
}

/** A number of the same grammar: arithmetic over names and numbers. */
export function parseExpression(source: string, names: readonly ConditionName[], words = WORDS) {
  const { node, used } = parserOf(source, names, words).parse('number');
  return { value: node.read, used };
}
