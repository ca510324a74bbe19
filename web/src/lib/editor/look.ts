import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The dashboard's own colours, by its variables: dark and light follow the page. */
const theme = EditorView.theme({
  '&': { backgroundColor: 'var(--panel)', color: 'var(--text)', fontSize: '12.5px', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--mono)',
    lineHeight: '19px',
    fontVariantNumeric: 'tabular-nums',
    fontFeatureSettings: 'normal',
    fontVariantLigatures: 'none',
  },
  // The focus is a line between the numbers and the text: an outline would scroll out of view with it.
  '.cm-content:focus': { boxShadow: 'inset 2px 0 0 var(--accent)' },
  '.cm-content': { caretColor: 'var(--accent)', padding: '8px 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--accent-soft)',
  },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--muted)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--raised) 70%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--raised)', color: 'var(--text)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent)' },
  '.cm-searchMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-tooltip': {
    background: 'var(--raised)',
    border: '1px solid var(--line)',
    borderRadius: '7px',
    boxShadow: 'var(--shadow)',
    color: 'var(--text)',
    overflow: 'hidden',
    zIndex: '30',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '240px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '18px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', marginLeft: '10px' },
  '.cm-completionMatchedText': { color: 'var(--accent)', textDecoration: 'none' },
  '.cm-completionIcon': { color: 'var(--muted)', opacity: '1' },
  '.cm-tooltip.cm-completionInfo': { padding: '0', maxWidth: '420px' },
  '.sdk-explanation': { padding: '8px 10px', maxWidth: '420px', fontFamily: 'var(--sans)', fontSize: '12.5px', lineHeight: '18px' },
  '.sdk-explanation code': { display: 'block', whiteSpace: 'pre-wrap' },
  '.sdk-explanation p': { marginTop: '6px' },
  '.cm-diagnostic': { padding: '6px 10px', borderLeft: '3px solid var(--down)', fontFamily: 'var(--sans)', fontSize: '12.5px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--down)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--down) 1px', textUnderlineOffset: '3px' },
  '.cm-lintPoint-error:after': { borderBottomColor: 'var(--down)' },
  '.cm-lint-marker-error': { content: '"■"', color: 'var(--down)', fontSize: '11px', lineHeight: '19px' },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', borderColor: 'var(--line)' },
  '.cm-panel input, .cm-panel button': { font: 'inherit', color: 'inherit' },
  '.cm-textfield': { backgroundColor: 'var(--panel)', border: '1px solid var(--line)', borderRadius: '7px' },
  '.cm-button': { backgroundColor: 'var(--panel)', backgroundImage: 'none', border: '1px solid var(--line)', borderRadius: '7px' },
  '.cm-changedLine, &.cm-merge-b .cm-changedLine': { backgroundColor: 'color-mix(in srgb, var(--accent) 12%, transparent)' },
  '.cm-changedText, &.cm-merge-b .cm-changedText': { background: 'color-mix(in srgb, var(--accent) 26%, transparent)' },
  '.cm-deletedChunk, &.cm-merge-b .cm-deletedChunk': {
    backgroundColor: 'color-mix(in srgb, var(--warn) 12%, transparent)',
    paddingLeft: '6px',
  },
  '.cm-deletedChunk .cm-deletedText, &.cm-merge-b .cm-deletedText': { background: 'color-mix(in srgb, var(--warn) 26%, transparent)' },
  '.cm-changedLineGutter, &.cm-merge-b .cm-changedLineGutter': { background: 'var(--accent)' },
  '.cm-deletedLineGutter, &.cm-merge-a .cm-changedLineGutter': { background: 'var(--warn)' },
  '.cm-collapsedLines': { background: 'var(--raised)', color: 'var(--muted)', fontFamily: 'var(--sans)' },
});

const SOFT_ACCENT = 'color-mix(in srgb, var(--accent) 60%, var(--text))';

/** One accent, as everywhere: green and red are for money and danger. */
const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.modifier, tags.self], color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string), tags.number, tags.bool, tags.null], color: SOFT_ACCENT },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.className, tags.definition(tags.typeName)], fontWeight: '600' },
  { tag: [tags.punctuation, tags.bracket, tags.separator], color: 'var(--muted)' },
  { tag: tags.invalid, color: 'var(--down)' },
]);

export const look = [theme, syntaxHighlighting(highlight)];
