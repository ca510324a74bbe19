import { posix } from 'node:path';
import GithubSlugger from 'github-slugger';
import hljs from 'highlight.js/lib/common';
import { Marked } from 'marked';
import type { Token, Tokens } from 'marked';
import { addressOf } from './contents.ts';

/** A document before it is a page. */
export interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export interface Heading {
  readonly depth: number;
  readonly id: string;
  readonly text: string;
}

/** A stretch of a page under one heading, as a search finds it. */
export interface Section {
  readonly heading: Heading;
  readonly text: string;
}

export interface Link {
  /** As written. */
  readonly href: string;
  /** The source that it leads to; undefined where it leaves the repository. */
  readonly target?: string;
  readonly anchor?: string;
}

export interface Block {
  readonly language: string;
  /** Everything behind the opening fence. */
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

export interface Page {
  readonly source: string;
  readonly title: string;
  readonly headings: readonly Heading[];
  readonly sections: readonly Section[];
  readonly links: readonly Link[];
  readonly html: string;
}

const LANGUAGES: Readonly<Record<string, string>> = { sh: 'bash', ts: 'typescript', js: 'javascript', svelte: 'xml', http: 'plaintext' };

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Text of inline tokens as a reader sees it. */
function plain(tokens: readonly Token[] | undefined): string {
  return (tokens ?? [])
    .map((token) => ('tokens' in token && Array.isArray(token.tokens) ? plain(token.tokens) : 'text' in token ? String(token.text) : ''))
    .join('')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** Leads from one source to another: both are named from the root of the repository. */
export function linkOf(from: string, href: string): Link {
  if (/^[a-z][a-z\d+.-]*:/i.test(href)) return { href };
  const [path = '', anchor] = href.split('#', 2);
  const target = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), decodeURIComponent(path))).replace(/\/$/, '');
  return { href, target, ...(anchor === undefined ? {} : { anchor }) };
}

/** The link of a page to another, from folder to folder: the built site can stand anywhere. Throws where the target is not published. */
function hrefOnSite(from: string, { href, target, anchor }: Link): string {
  if (target === undefined) return href;
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (target === from && hash !== '') return hash;
  const address = addressOf(target);
  if (address === undefined)
    throw new Error(`${from} links to ${href}, which the site does not publish: link to a document, or name the file in site/contents.ts`);
  return `${relativeAddress(addressOf(from) ?? '', address)}${hash}`;
}

export const relativeAddress = (from: string, to: string): string => posix.relative(posix.dirname(from), to);

function highlighted(text: string, info: string): string {
  const named = info.split(' ', 1)[0] ?? '';
  const language = LANGUAGES[named] ?? named;
  return hljs.getLanguage(language) === undefined ? escaped(text) : hljs.highlight(text, { language }).value;
}

interface Found {
  readonly headings: Heading[];
  readonly links: Link[];
}

function parser(source: string, found: Found): Marked {
  const slugger = new GithubSlugger();
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading): string {
        const text = plain(tokens);
        const id = slugger.slug(text);
        found.headings.push({ depth, id, text });
        const anchor = depth === 1 ? '' : ` <a class="anchor" href="#${id}" aria-label="Link to “${escaped(text)}”">#</a>`;
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}${anchor}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const link = linkOf(source, href);
        found.links.push(link);
        const outside = link.target === undefined ? ' rel="noreferrer"' : '';
        return `<a href="${escaped(hrefOnSite(source, link))}"${outside}>${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text }: Tokens.Image): string {
        const link = linkOf(source, href);
        found.links.push(link);
        return `<img src="${escaped(hrefOnSite(source, link))}" alt="${escaped(text)}" loading="lazy">`;
      },
      code({ text, lang = '' }: Tokens.Code): string {
        const label = lang === '' ? 'text' : (lang.split(' ', 1)[0] ?? '');
        return `<pre tabindex="0" data-language="${escaped(label)}"><code>${highlighted(text, lang)}</code></pre>\n`;
      },
      html({ raw }: Tokens.HTML | Tokens.Tag): string {
        // Marks the place of what a program writes.
        if (/^<!--(?:(?!-->).)*-->\s*$/s.test(raw)) return '';
        throw new Error(`${source} holds HTML, which is not published: write ${raw.trim().slice(0, 60)} as code or in other words`);
      },
    },
  });
  return marked;
}

/** Words of each stretch of a document, for the search. */
function sectionsOf(tokens: readonly Token[], headings: readonly Heading[]): readonly Section[] {
  const sections: { heading: Heading; text: string }[] = [];
  let next = 0;
  for (const token of tokens) {
    if (token.type === 'heading') {
      const heading = headings[next];
      next += 1;
      if (heading !== undefined) sections.push({ heading, text: '' });
      continue;
    }
    const section = sections.at(-1);
    if (section !== undefined && token.type !== 'space') section.text += `${wordsOf(token)} `;
  }
  return sections;
}

function wordsOf(token: Token): string {
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table;
    return [header, ...rows].flatMap((row) => row.map((cell) => plain(cell.tokens))).join(' ');
  }
  if (token.type === 'list') return (token as Tokens.List).items.map(({ tokens }) => tokens.map(wordsOf).join(' ')).join(' ');
  return 'tokens' in token && token.tokens !== undefined ? plain(token.tokens) : 'text' in token ? String(token.text) : '';
}

/** Throws where a document has no single title, or links to what is not published. */
export function readPage({ path, text }: Source): Page {
  const found: Found = { headings: [], links: [] };
  const marked = parser(path, found);
  const tokens = marked.lexer(text);
  const html = marked.parser(tokens);
  const titles = found.headings.filter(({ depth }) => depth === 1);
  const [title] = titles;
  if (title === undefined || titles.length > 1 || found.headings[0] !== title)
    throw new Error(`${path} begins with one heading of the first level (#), and has no other`);
  return {
    source: path,
    title: title.text,
    headings: found.headings,
    sections: sectionsOf(tokens, found.headings),
    links: found.links,
    html: html.replaceAll('<table>', '<div class="table" tabindex="0"><table>').replaceAll('</table>', '</table></div>'),
  };
}

/** The fenced blocks of a document, with the line of their opening fence. */
export function blocksOf({ text }: Source): readonly Block[] {
  return [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, info = '', body = ''] = match;
    return {
      info: info.trim(),
      language: info.trim().split(' ', 1)[0] ?? '',
      text: body,
      line: text.slice(0, match.index).split('\n').length,
    };
  });
}
