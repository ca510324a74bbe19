import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NEEDS } from '../graphql/authorization.ts';
import { main } from '../cli.ts';

const FOLDER = new URL('../../../docs/runbooks/', import.meta.url);
const PAGES = new URL('../../../web/src/lib/shell/pages.ts', import.meta.url);
const books = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));
const found = (pattern: RegExp): { readonly name: string; readonly what: string }[] =>
  books.flatMap(({ name, text }) => [...text.matchAll(pattern)].map((match) => ({ name, what: match[1] ?? '' })));

async function helpOf(words: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = '';
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    text += String(chunk);
    return true;
  };
  try {
    const code = await main([...words, '--help'], { out: process.stdout, err: process.stderr, environment: {} });
    return { code, text };
  } finally {
    process.stdout.write = write;
  }
}

test('there are runbooks', () => expect(books.length).toBeGreaterThanOrEqual(4));

test.each(found(/`npx tidemark ([^`]+)`/g))('$name: tidemark $what is a command with these flags', async ({ what }) => {
  const words = what.split(' ').filter((word) => /^[a-z]+$/.test(word));
  const command = words.slice(0, words[0] === 'people' || words[0] === 'keys' ? 2 : 1);
  const { code, text } = await helpOf(command);
  expect(code).toBe(0);
  expect(text).toContain(`tidemark ${command.join(' ')}`);
  for (const flag of what.match(/--[a-z-]+/g) ?? []) expect(text).toContain(flag);
});

test.each(found(/the mutation `(\w+)`/g))('$name: $what is a mutation', ({ what }) => expect(Object.keys(NEEDS.Mutation)).toContain(what));

test.each(found(/(?:page |On |opens )\*\*(\w+)\*\*/g))('$name: $what is a page', ({ what }) =>
  expect(readFileSync(PAGES, 'utf8')).toContain(`name: '${what}'`),
);
