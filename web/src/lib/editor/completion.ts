import { snippetCompletion } from '@codemirror/autocomplete';
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import type { EditorView } from '@codemirror/view';
import type { SyntaxNode } from '@lezer/common';
import sdk from 'virtual:sdk-reference';
import { explanation } from './explanation.ts';
import { Inference } from './infer.ts';
import type { SdkEntry, SdkMember } from './sdk-reference.ts';

const WORD = /[\w$]*$/;
const TYPES = ['f64', 'i32', 'bool', 'string', 'void', 'i64', 'u32'];
/** The methods that an author writes, with what stands in them most often. */
const METHODS: readonly (readonly [name: string, template: string])[] = [
  ['onBar', 'onBar(symbol: i32): void {\n\tconst bar = this.bar(symbol);\n\t${}\n}'],
  ['onBars', 'onBars(): void {\n\tfor (let symbol = 0; symbol < this.symbolCount; symbol++) {\n\t\t${}\n\t}\n}'],
  ['onStart', 'onStart(): void {\n\tfor (let symbol = 0; symbol < this.symbolCount; symbol++) ${};\n}'],
  ['warmUp', 'warmUp(): i32 {\n\treturn ${};\n}'],
  ['check', "check(): string {\n\treturn ${condition} ? '' : '${rule}';\n}"],
];

const inferenceOf = (state: EditorState): Inference => new Inference(sdk, { text: state.sliceDoc(), top: syntaxTree(state).topNode });

function up(node: SyntaxNode | null, ...names: readonly string[]): SyntaxNode | null {
  let at = node;
  while (at !== null && !names.includes(at.name)) at = at.parent;
  return at;
}

const memberCompletion = (member: SdkMember): Completion => ({
  label: member.name,
  type: member.kind,
  detail: member.type,
  info: () => explanation(member.signature, member.doc),
});

/** Adds a name to the import from 'tidemark', where it is not there yet. */
function importChange(state: EditorState, name: string): { readonly from: number; readonly insert: string } | undefined {
  const text = state.sliceDoc();
  const found = /import \{([^}]*)\} from 'tidemark'/.exec(text);
  if (found === null) return { from: 0, insert: `import { ${name} } from 'tidemark';\n` };
  const names = found[1] ?? '';
  if (names.split(',').some((each) => each.trim() === name)) return undefined;
  const end = found.index + 'import {'.length + names.trimEnd().length;
  return { from: end, insert: `${names.trim() === '' ? ' ' : ', '}${name}` };
}

function insertImported(name: string) {
  return (view: EditorView, _completion: Completion, from: number, to: number): void => {
    const added = importChange(view.state, name);
    view.dispatch({ changes: [...(added === undefined ? [] : [added]), { from, to, insert: name }], userEvent: 'input.complete' });
    const end = from + name.length + (added !== undefined && added.from <= from ? added.insert.length : 0);
    view.dispatch({ selection: { anchor: end } });
  };
}

const entryCompletion = (entry: SdkEntry, isImport: boolean): Completion => ({
  label: entry.name,
  type: entry.kind,
  detail: entry.indicator?.title ?? '',
  info: () => explanation(entry.signature, entry.doc, entry),
  ...(isImport ? {} : { apply: insertImported(entry.name) }),
});

function membersAt(context: CompletionContext, property: SyntaxNode): CompletionResult | null {
  const inference = inferenceOf(context.state);
  const owner = inference.of(property.firstChild);
  if (owner === undefined) return null;
  const from = context.pos - (context.matchBefore(WORD)?.text.length ?? 0);
  return { from, options: inference.members(owner).map(memberCompletion), validFor: WORD };
}

/** What may stand at a place of a strategy's source. */
export function completeSdk(context: CompletionContext): CompletionResult | null {
  const node = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (['String', 'LineComment', 'BlockComment', 'TemplateString'].includes(node.name)) return null;
  const word = context.matchBefore(WORD);
  const from = word?.from ?? context.pos;
  if (context.state.sliceDoc(from - 1, from) === '.') {
    const member = up(node, 'MemberExpression');
    return member === null ? null : membersAt(context, member);
  }
  if (from === context.pos && !context.explicit) return null;
  if (up(node, 'ImportGroup') !== null) return { from, options: sdk.map((entry) => entryCompletion(entry, true)), validFor: WORD };
  const isBody = up(node, 'ClassBody', 'Block')?.name === 'ClassBody';
  const methods = isBody ? METHODS.map(([label, template]) => snippetCompletion(template, { label, type: 'method', boost: 10 })) : [];
  const types = TYPES.map((label) => ({ label, type: 'type' }));
  return { from, options: [...methods, ...sdk.map((entry) => entryCompletion(entry, false)), ...types], validFor: WORD };
}

/** What the SDK says of the name under the pointer. */
export const explainOnHover = hoverTooltip((view, pos, side) => {
  const node = syntaxTree(view.state).resolveInner(pos, side);
  const name = view.state.sliceDoc(node.from, node.to);
  const tooltip = (dom: HTMLElement) => ({ pos: node.from, end: node.to, above: true, create: () => ({ dom }) });
  if (node.name === 'PropertyName') {
    const member = inferenceOf(view.state).member(node);
    return member === undefined ? null : tooltip(explanation(member.signature, member.doc));
  }
  if (node.name === 'PropertyDefinition') {
    const base = inferenceOf(view.state).base();
    const member = sdk.find((entry) => entry.name === base)?.members.find((each) => each.name === name);
    return member === undefined ? null : tooltip(explanation(member.signature, member.doc));
  }
  if (!['VariableName', 'VariableDefinition', 'TypeName'].includes(node.name)) return null;
  const entry = sdk.find((each) => each.name === name);
  return entry === undefined ? null : tooltip(explanation(entry.signature, entry.doc, entry));
});
