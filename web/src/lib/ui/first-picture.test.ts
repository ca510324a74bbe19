import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const [tokens, first] = [read('./tokens.css'), read('../../../static/first.css')];

/** The value of a colour in a theme. */
const token = (theme: string, name: string): string =>
  new RegExp(`data-theme='${theme}'\\] \\{[^}]*--${name}: (#[0-9a-f]+);`).exec(tokens)?.[1] ?? 'missing';

// What is seen before the tokens have come has their colours, or the page would flash.
test.each([
  ['dark', 'html', 'background', 'background'],
  ['dark', '#first', 'color', 'text'],
  ['light', "html[data-theme='light']", 'background', 'background'],
  ['light', "html[data-theme='light'] #first", 'color', 'text'],
])('the first picture of the %s theme: %s has its %s', (theme, selector, property, name) => {
  const rule = first.split('}').find((each) =>
    each
      .replace(/\/\*.*\*\//s, '')
      .trim()
      .startsWith(`${selector} {`),
  );
  expect(rule).toContain(`${property}: ${token(theme, name)};`);
});
