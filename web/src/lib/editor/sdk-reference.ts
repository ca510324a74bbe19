import { parser } from '@lezer/javascript';
import type { SyntaxNode } from '@lezer/common';

/** What the editor knows of a name that a strategy may import, read out of the SDK's own source. */
export interface SdkEntry {
  readonly name: string;
  readonly kind: 'class' | 'function' | 'constant';
  readonly signature: string;
  /** The comment above it; empty where it has none. */
  readonly doc: string;
  readonly base?: string;
  readonly members: readonly SdkMember[];
  readonly indicator?: IndicatorEntry;
}

export interface SdkMember {
  readonly name: string;
  readonly kind: 'method' | 'property';
  readonly isStatic: boolean;
  readonly signature: string;
  readonly doc: string;
  /** Its type, or what it answers. */
  readonly type: string;
}

/** The indicator of the registry that the class computes. */
export interface IndicatorEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly { readonly name: string; readonly bounds: string; readonly description: string }[];
}

interface Declared {
  readonly entry: SdkEntry;
  readonly file: string;
}

const typescript = parser.configure({ dialect: 'ts' });
/** For the kernel, which calls them: a strategy that did would get nothing from it. */
const OF_THE_KERNEL = new Set(['bind', 'stand', 'setPrevious', 'fastOf', 'slowOf', 'stride', 'strides', 'untilBlock', 'describe', 'kind']);

const textOf = (node: SyntaxNode | null, source: string): string => (node === null ? '' : source.slice(node.from, node.to));
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The sentences of a comment of the form `/** … *\/` right before a node. */
function docBefore(node: SyntaxNode, source: string): string {
  const before = node.prevSibling;
  const text = before?.name === 'BlockComment' ? textOf(before, source) : '';
  if (!text.startsWith('/**')) return '';
  return oneLine(text.slice(3, -2).replace(/^\s*\*/gm, ' '));
}

const typeOf = (node: SyntaxNode, source: string): string => textOf(node.getChild('TypeAnnotation'), source).replace(/^:\s*/, '');

/** A declaration without its body and decorators. */
function signatureOf(node: SyntaxNode, source: string): string {
  const body = node.getChild('Block') ?? node.getChild('Equals') ?? node.getChild('ClassBody');
  let start = node.from;
  for (const decorator of node.getChildren('Decorator')) start = decorator.to;
  return oneLine(source.slice(start, body?.from ?? node.to))
    .replace(/;$/, '')
    .replace(/^(?:static |abstract |readonly |get |export )+/, '');
}

function memberOf(node: SyntaxNode, source: string): SdkMember | undefined {
  const name = textOf(node.getChild('PropertyDefinition'), source);
  const signature = signatureOf(node, source);
  // What takes addresses is for the kernel as well.
  if (name === '' || node.getChild('Privacy') !== null || OF_THE_KERNEL.has(name) || /\busize\b/.test(signature)) return undefined;
  const isProperty = node.name === 'PropertyDeclaration' || node.getChild('get') !== null;
  return {
    name,
    kind: isProperty ? 'property' : 'method',
    isStatic: node.getChild('static') !== null,
    signature: isProperty ? `${name}: ${typeOf(node, source) || 'f64'}` : signature,
    doc: docBefore(node, source),
    type: typeOf(node, source),
  };
}

function membersOf(body: SyntaxNode | null, source: string): readonly SdkMember[] {
  const nodes = [...(body?.getChildren('MethodDeclaration') ?? []), ...(body?.getChildren('PropertyDeclaration') ?? [])];
  return nodes.toSorted((a, b) => a.from - b.from).flatMap((node) => memberOf(node, source) ?? []);
}

const KINDS = [
  ['ClassDeclaration', 'class'],
  ['FunctionDeclaration', 'function'],
  ['VariableDeclaration', 'constant'],
] as const;

/** Every exported declaration of a file. */
function declarationsOf(source: string): readonly SdkEntry[] {
  return typescript
    .parse(source)
    .topNode.getChildren('ExportDeclaration')
    .flatMap((exported) => {
      for (const [nodeName, kind] of KINDS) {
        const node = exported.getChild(nodeName);
        if (node === null) continue;
        const base = textOf(node.getChild('VariableName'), source);
        const name = textOf(node.getChild('VariableDefinition'), source);
        const doc = docBefore(exported, source);
        const entry = { name, kind, signature: signatureOf(node, source), doc, members: membersOf(node.getChild('ClassBody'), source) };
        return [kind === 'class' && base !== '' ? { ...entry, base } : entry];
      }
      return [];
    });
}

const QUOTED = `'([^']*)'`;
const TITLE = new RegExp(`spec\\.title\\(\\s*${QUOTED},\\s*${QUOTED},\\s*${QUOTED}`);
const PARAMETER = new RegExp(`spec\\.(?:integer|number)\\(\\s*${QUOTED},\\s*([^,]+),\\s*([^,]+),\\s*([^,]+),\\s*${QUOTED}`, 'g');

/** What an indicator's file tells the registry: the first class of the file is what it computes with. */
function indicatorOf(source: string): IndicatorEntry | undefined {
  const [, name, title, description] = TITLE.exec(source) ?? [];
  if (name === undefined || title === undefined || description === undefined) return undefined;
  const parameters = [...source.matchAll(PARAMETER)].map(([, parameter = '', initial = '', least = '', most = '', meaning = '']) => ({
    name: parameter,
    bounds: `${initial}, from ${least} to ${most}`,
    description: meaning,
  }));
  return { name, title, description, parameters };
}

/** With what a class inherits; its own members hide those of the same name. */
function inherited(name: string, all: ReadonlyMap<string, Declared>): readonly SdkMember[] {
  const own = all.get(name)?.entry;
  if (own === undefined) return [];
  const names = new Set(own.members.map((member) => member.name));
  const further = own.base === undefined ? [] : inherited(own.base, all);
  // A constructor's signature is that of the class which is made; where it has none, its base's.
  return [...own.members, ...further.filter((member) => !names.has(member.name))];
}

const EXPORT = /export \{ ([^}]+) \} from '\.{1,2}\/([^']+)'/g;

/** `files` by their path in `compute/assembly`, like `sdk/strategy.ts`. */
export function readSdk(files: Readonly<Record<string, string>>): readonly SdkEntry[] {
  const declared = new Map<string, Declared>();
  for (const [file, source] of Object.entries(files)) {
    for (const entry of declarationsOf(source)) declared.set(entry.name, { entry, file });
  }
  const names = [...(files['sdk/index.ts'] ?? '').matchAll(EXPORT)].flatMap(([, list = '']) => list.split(',').map((name) => name.trim()));
  return names.map((name) => {
    const found = declared.get(name);
    if (found === undefined) throw new Error(`Invariant: sdk/index.ts exports ${name}, and no file declares it`);
    const { entry, file } = found;
    const indicator = entry.kind === 'class' && file.startsWith('indicators/') ? indicatorOf(files[file] ?? '') : undefined;
    return { ...entry, members: inherited(name, declared), ...(indicator === undefined ? {} : { indicator }) };
  });
}
