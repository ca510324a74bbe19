import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleText, visibleValue } from './visible-text.ts';

const tags = (text: string): string =>
  text
    .split('')
    .map((letter) => String.fromCodePoint(0xe0000 + (letter.codePointAt(0) ?? 0)))
    .join('');

test.each<{ name: string; text: string; seen: string }>([
  { name: 'plain text', text: 'Sharpe 1.2, −3 %: “fine”', seen: 'Sharpe 1.2, −3 %: “fine”' },
  { name: 'other scripts', text: 'Zürich 東京 Ελλάδα مرحبا', seen: 'Zürich 東京 Ελλάδα مرحبا' },
  { name: 'line breaks and tabs', text: 'a\n\tb', seen: 'a\n\tb' },
  { name: 'a carriage return that hides what it overwrites', text: 'sell\rbuy', seen: 'sell\\u{000D}buy' },
  { name: 'a null byte and an escape sequence', text: '\u0000\u001b[2J', seen: '\\u{0000}\\u{001B}[2J' },
  { name: 'controls of the second block', text: 'a\u0085\u009bb', seen: 'a\\u{0085}\\u{009B}b' },
  { name: 'an override of the direction', text: 'a\u202egnp.exe', seen: 'a\\u{202E}gnp.exe' },
  { name: 'isolates and marks', text: '\u2066x\u2069\u200e\u061c', seen: '\\u{2066}x\\u{2069}\\u{200E}\\u{061C}' },
  {
    name: 'zero widths',
    text: 'a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg',
    seen: 'a\\u{200B}b\\u{200C}c\\u{200D}d\\u{2060}e\\u{FEFF}f\\u{00AD}g',
  },
  { name: 'tags that spell an instruction', text: `ok${tags('go')}`, seen: 'ok\\u{E0067}\\u{E006F}' },
  { name: 'selectors that carry bytes', text: 'x\ufe00\u{e0101}', seen: 'x\\u{FE00}\\u{E0101}' },
  { name: 'fillers that look like nothing', text: 'x\u3164\u115f\uffa0', seen: 'x\\u{3164}\\u{115F}\\u{FFA0}' },
  { name: 'separators of lines', text: 'a\u2028b\u2029', seen: 'a\\u{2028}b\\u{2029}' },
  { name: 'half a character', text: 'a\ud800b', seen: 'a\\u{D800}b' },
])('$name', ({ text, seen }) => expect(visibleText(text)).toBe(seen));

test('made visible once more nothing changes, whatever it was', () =>
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => visibleText(visibleText(text)) === visibleText(text))));

test('every text of a value is made visible, and what is no text stays', () =>
  expect(visibleValue({ 'a\u200b': ['\u202e', 1, null, { b: 'c\u0007' }] })).toEqual({
    'a\\u{200B}': ['\\u{202E}', 1, null, { b: 'c\\u{0007}' }],
  }));
