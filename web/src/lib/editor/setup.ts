import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript, typescriptLanguage } from '@codemirror/lang-javascript';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import type { Extension, Text } from '@codemirror/state';
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { CompileError } from '@tidemark/compute/types';
import { completeSdk, explainOnHover } from './completion.ts';
import { look } from './look.ts';

export interface Keys {
  readonly onrun: () => void;
  readonly onsave: () => void;
}

const language: Extension = javascript({ typescript: true });

/** What shows a source; nothing of it edits. The text says itself that Tab comes to it: programs that read the page do not conclude it. */
export const reading: Extension = [
  lineNumbers(),
  highlightSpecialChars(),
  language,
  bracketMatching(),
  EditorState.tabSize.of(2),
  EditorView.contentAttributes.of({ tabindex: '0' }),
  look,
];

/** The editor of a strategy's source. Escape and then Tab leave it, as the library has it for whoever cannot use a pointer. */
export const writing = ({ onrun, onsave }: Keys): Extension => [
  reading,
  highlightActiveLineGutter(),
  highlightActiveLine(),
  foldGutter(),
  lintGutter(),
  history(),
  drawSelection(),
  dropCursor(),
  indentUnit.of('  '),
  indentOnInput(),
  closeBrackets(),
  typescriptLanguage.data.of({ autocomplete: completeSdk }),
  autocompletion({ activateOnTypingDelay: 60, icons: false }),
  explainOnHover,
  highlightSelectionMatches(),
  EditorView.contentAttributes.of({ 'aria-label': 'Source of the strategy', spellcheck: 'false', autocapitalize: 'off' }),
  keymap.of([
    { key: 'Mod-Enter', run: () => (onrun(), true) },
    { key: 'Mod-s', run: () => (onsave(), true) },
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...foldKeymap,
    ...completionKeymap,
    ...lintKeymap,
    indentWithTab,
  ]),
];

/** A compiler's error at its word: it tells where one begins, and not where it ends. */
export function diagnosticOf({ line: number, column, message }: Pick<CompileError, 'line' | 'column' | 'message'>, text: Text): Diagnostic {
  const line = text.line(Math.max(1, Math.min(number, text.lines)));
  const from = Math.min(line.from + Math.max(0, column - 1), line.to);
  const word = /^[\w$]+/.exec(text.sliceString(from, line.to))?.[0].length ?? 1;
  return { from, to: Math.min(from + word, line.to), severity: 'error', message };
}
