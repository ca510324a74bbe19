import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildSchema, getVariableValues, isSpecifiedScalarType, Kind, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { checkDocument } from '../server/src/graphql/limits.ts';
import { committedSchema } from '../schema/print.ts';
import { htmlOf, openLibrary, readSite } from './build.ts';
import { DECISIONS, GROUPS, HOME, PUBLISHED_FILES } from './contents.ts';
import { blocksOf, linkOf, readPage } from './markdown.ts';
import { referenceSources } from './reference.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const library = await openLibrary();
const site = readSite(library);
const html = htmlOf(site);
const sdl = await committedSchema();
/** Where files stand on the site that are no pages. */
const PUBLISHED: readonly string[] = ['schema.graphql.txt', 'licence.txt', 'limits-of-agents.yaml.txt', 'images/overview.png'];

test('every document of the repository is on a shelf, once', () => {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: ROOT, encoding: 'utf8' });
  const documents = listed.split('\n').filter((path) => path !== '' && !path.startsWith('adr/'));
  const shelved = [HOME, ...GROUPS.flatMap(({ sources }) => sources)].filter((path) => path !== DECISIONS);
  expect(shelved.toSorted()).toEqual(documents.toSorted());
});

describe('every link leads somewhere', () => {
  const anchors = new Map(site.pages.map(({ source, headings }) => [source, new Set(headings.map(({ id }) => id))]));
  test('to a document, and to a heading that it has', () => {
    const lost = site.pages.flatMap(({ source, links }) =>
      links.flatMap(({ href, target, anchor }) => {
        if (target === undefined || PUBLISHED_FILES.includes(target)) return [];
        const known = anchors.get(target === 'adr' ? DECISIONS : target);
        return known === undefined || (anchor !== undefined && !known.has(anchor)) ? [`${source}: ${href}`] : [];
      }),
    );
    expect(lost).toEqual([]);
  });

  test('on the site itself', () => {
    const lost = [...html].flatMap(([address, text]) =>
      [...text.matchAll(/ (?:href|src)="([^"]+)"/g)].flatMap(([, href = '']) => {
        if (/^(?:https?:|#|\/$)/.test(href) || href.includes('assets/')) return [];
        const { target = '' } = linkOf(address, href);
        const isThere = html.has(target) || PUBLISHED.includes(target);
        return isThere ? [] : [`${address}: ${href}`];
      }),
    );
    expect(lost).toEqual([]);
  });

  test.each([
    ['a page beside it', 'docs/a.md', 'b.md#c', { href: 'b.md#c', target: 'docs/b.md', anchor: 'c' }],
    ['a folder above', 'docs/how-to/a.md', '../../adr/', { href: '../../adr/', target: 'adr' }],
    ['itself', 'docs/a.md', '#c', { href: '#c', target: 'docs/a.md', anchor: 'c' }],
    ['elsewhere', 'docs/a.md', 'https://example.org/#c', { href: 'https://example.org/#c' }],
  ])('read as what it says: %s', (_name, from, href, link) => expect(linkOf(from, href)).toEqual(link));
});

describe('what cannot be published is refused, and said', () => {
  test.each([
    ['a link to a file that is not on the site', '# A\n\n[x](../server/src/main.ts)', /link to a document, or name the file/],
    ['HTML', '# A\n\n<script>x()</script>', /holds HTML/],
    ['two titles', '# A\n\n# B', /one heading of the first level/],
    ['no title', 'Text.', /one heading of the first level/],
  ])('%s', (_name, text, said) => expect(() => readPage({ path: 'docs/a.md', text })).toThrow(said));
});

describe.each([...html])('%s', (_address, text) => {
  test('has a title, a language, one heading of each page, no id twice, and nothing inline', () => {
    expect(text).toMatch(/<html lang="en"/);
    expect(text).toMatch(/<title>[^<]+ · Tidemark<\/title>/);
    expect(text.match(/<h1/g)).toHaveLength(1);
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style| style="| on[a-z]+="/);
    expect(text).not.toMatch(/ (?:src|href)="(?:https?:)?\/\/[^"]*\.(?:js|css|woff2)/);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([]);
    expect([...text.matchAll(/<img [^>]*>/g)].filter(([image]) => !/ alt="[^"]+"/.test(image))).toEqual([]);
  });
});

test('headings go down one level at a time', () => {
  const jumps = site.pages.flatMap(({ source, headings }) =>
    headings.flatMap(({ depth, text }, place) => (depth > (headings[place - 1]?.depth ?? 0) + 1 ? [`${source}: ${text}`] : [])),
  );
  expect(jumps).toEqual([]);
});

describe('the reference', () => {
  const schema = buildSchema(sdl);
  const pages = referenceSources(sdl);
  const examples = pages.flatMap((page) => {
    const blocks = blocksOf(page);
    return blocks.flatMap((block, place) => {
      if (block.language !== 'graphql') return [];
      const next = blocks[place + 1];
      return [{ path: page.path, text: block.text, variables: next?.language === 'json' ? next.text : '{}' }];
    });
  });

  test('has a heading for everything that the schema names', () => {
    const headings = new Set(pages.flatMap(({ text }) => [...text.matchAll(/^## (.+)$/gm)].map(([, name]) => name)));
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
    const names = types.flatMap((type) =>
      roots.some((root) => root === type) && 'getFields' in type ? Object.keys(type.getFields()) : [type.name],
    );
    expect(names.filter((name) => !headings.has(name))).toEqual([]);
  });

  test('has an example for all but the scalars of GraphQL itself', () => {
    const own = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type));
    expect(examples.length).toBeGreaterThan(own.length);
  });

  test('every example is valid, small enough, and its variables are what it declares', () => {
    const wrong = examples.flatMap(({ path, text, variables }) => {
      const document = parse(text);
      checkDocument(document);
      const [operation] = document.definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) return [`${path}: no operation`];
      const given = getVariableValues(schema, operation.variableDefinitions ?? [], JSON.parse(variables) as Record<string, unknown>);
      const problems = [...validate(schema, document), ...(given.errors ?? [])];
      return problems.map(({ message }) => `${path}: ${message}\n${text}${variables}`);
    });
    expect(wrong).toEqual([]);
  });
});
