import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textParts, textWarning } from './shown-text.ts';

const marked = (text: string): string =>
  textParts(text)
    .map((part) => (part.kind === 'plain' ? part.text : part.kind === 'hidden' ? `[${part.text}]` : `[${part.text}~${part.like}]`))
    .join('');

describe('what is shown of a text', () => {
  test.each([
    {
      name: 'plain English',
      text: 'Buy 10 ALDR: it’s above its average – by 3 %.',
      shown: 'Buy 10 ALDR: it’s above its average – by 3 %.',
    },
    { name: 'accents', text: 'Zürich, naïve, Ångström, Łódź', shown: 'Zürich, naïve, Ångström, Łódź' },
    { name: 'an accent of its own', text: 'cafe\u0301', shown: 'cafe\u0301' },
    { name: 'line breaks and tabs', text: 'one\n\ttwo', shown: 'one\n\ttwo' },
    { name: 'a turn of direction', text: 'sell \u202Eyub\u202C now', shown: 'sell [U+202E]yub[U+202C] now' },
    { name: 'a zero width space', text: 'AL\u200BDR', shown: 'AL[U+200B]DR' },
    { name: 'a word of tags', text: 'ok\u{E0041}\u{E0042}', shown: 'ok[U+E0041][U+E0042]' },
    { name: 'a filler that is a letter to Unicode', text: 'a\u3164b', shown: 'a[U+3164]b' },
    { name: 'half a character', text: 'a\uD800b', shown: 'a[U+D800]b' },
    { name: 'a null', text: 'a\0b', shown: 'a[U+0000]b' },
    { name: 'a Cyrillic letter in a Latin word', text: 'АLDR', shown: '[А~A]LDR' },
    { name: 'a hidden character between the two', text: 'А\u200DLDR', shown: '[А~A][U+200D]LDR' },
    { name: 'a whole word of look-alikes', text: 'ТЅМС', shown: '[Т~T][Ѕ~S][М~M][С~C]' },
    { name: 'a Greek letter in a Latin word', text: 'ΑAPL', shown: '[Α~A]APL' },
    { name: 'letters of full width', text: 'ＡＡＰＬ', shown: '[Ａ~A][Ａ~A][Ｐ~P][Ｌ~L]' },
    { name: 'letters of mathematics', text: '𝐀APL', shown: '[𝐀~A]APL' },
    { name: 'a Russian word', text: 'покупка', shown: 'покупка' },
    { name: 'Chinese', text: '买入 10 股', shown: '买入 10 股' },
  ])('$name', ({ text, shown }) => expect(marked(text)).toBe(shown));
});

test('nothing of a text is left out, and nothing that hides is plain', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const parts = textParts(text);
      const whole = parts.map((part) =>
        part.kind === 'hidden' ? String.fromCodePoint(Number.parseInt(part.text.slice(2), 16)) : part.text,
      );
      expect(whole.join('')).toBe(text);
      for (const part of parts)
        if (part.kind === 'plain') expect(part.text).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B-\u200F\u{E0000}-\u{E007F}]/u);
    }),
    { numRuns: 500 },
  );
});

test.each([
  { text: 'plain', warning: undefined },
  { text: 'a\u200B', warning: 'It holds a hidden character: it may not say what it seems to.' },
  {
    text: 'АLDR \u202Ex\u202C',
    warning: 'It holds 2 hidden characters and a letter that looks like another: it may not say what it seems to.',
  },
])('a reader is warned of $text', ({ text, warning }) => expect(textWarning(textParts(text))).toBe(warning));
