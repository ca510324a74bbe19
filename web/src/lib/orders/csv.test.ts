import { expect, test } from 'vitest';
import { csvField } from './csv.ts';

test.each([
  { value: 'plain', text: 'plain' },
  { value: 'a,b', text: '"a,b"' },
  { value: 'say "no"', text: '"say ""no"""' },
  { value: 'two\nlines', text: '"two\nlines"' },
  { value: '=HYPERLINK("x")', text: '"\'=HYPERLINK(""x"")"' },
  { value: '-12.5', text: '-12.5' },
  { value: '-12.5 of 3', text: "'-12.5 of 3" },
  { value: null, text: '' },
  { value: 3.2, text: '3.2' },
])('the field $value is written $text', ({ value, text }) => expect(csvField(value)).toBe(text));
