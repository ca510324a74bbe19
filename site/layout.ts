import { addressOf } from './contents.ts';
import { escaped, relativeAddress } from './markdown.ts';
import type { Page } from './markdown.ts';

/** A group of the site with its pages, as the list at the left shows them. */
export interface Shelf {
  readonly name: string;
  readonly pages: readonly Page[];
}

export interface Neighbours {
  readonly before?: Page;
  readonly after?: Page;
}

const BRAND = `<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M3 6.5h18" stroke-dasharray="2 3.2" stroke-width="1.6"/><path d="M3 14.5c2.5 0 3.500-4 6-4s3 4 5.500 4 3.500-5 6.500-5" stroke-width="2.2"/><path d="M3 19.5c2.5 0 3.500-2 6-2s3 2 5.500 2 3.500-2 6.500-2" stroke-width="1.8" opacity=".5"/></svg>`;

const addressOfPage = ({ source }: Page): string => addressOf(source) ?? '';

function listOfPages(page: Page, shelves: readonly Shelf[]): string {
  const from = addressOfPage(page);
  const item = (each: Page): string => {
    const isHere = each === page || (each.source === 'adr/README.md' && page.source.startsWith('adr/'));
    return `<li><a href="${relativeAddress(from, addressOfPage(each))}"${isHere ? ' aria-current="page"' : ''}>${escaped(each.title)}</a></li>`;
  };
  return shelves.map(({ name, pages }) => `<section><h2>${escaped(name)}</h2><ul>${pages.map(item).join('')}</ul></section>`).join('\n');
}

function tableOfContents({ headings }: Page): string {
  const shown = headings.filter(({ depth }) => depth === 2 || depth === 3);
  return shown.map(({ depth, id, text }) => `<li class="depth-${depth}"><a href="#${id}">${escaped(text)}</a></li>`).join('');
}

function neighbour(from: Page, to: Page | undefined, label: string, kind: string): string {
  if (to === undefined) return '<span></span>';
  return `<a class="${kind}" rel="${kind}" href="${relativeAddress(addressOfPage(from), addressOfPage(to))}"><small>${label}</small>${escaped(to.title)}</a>`;
}

/** A whole page, with nothing from elsewhere and no script inside. */
export function layOut(page: Page, shelves: readonly Shelf[], { before, after }: Neighbours): string {
  const root = relativeAddress(addressOfPage(page), '.') || '.';
  const contents = tableOfContents(page);
  const small = contents === '' ? '' : `<details class="here-small"><summary>On this page</summary><ul>${contents}</ul></details>`;
  const large = contents === '' ? '' : `<nav class="here" aria-label="On this page"><h2>On this page</h2><ul>${contents}</ul></nav>`;
  return `<!doctype html>
<html lang="en" data-theme="dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark light">
<title>${escaped(page.title)} · Tidemark</title>
<link rel="icon" href="${root}/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}/assets/fonts.css">
<link rel="stylesheet" href="${root}/assets/tokens.css">
<link rel="stylesheet" href="${root}/assets/site.css">
<script src="${root}/assets/theme.js"></script>
<script type="module" src="${root}/assets/docs.js"></script>
</head>
<body data-root="${root}">
<a class="skip" href="#site-content">Skip to the text</a>
<header>
<button type="button" class="menu" popovertarget="site-pages" aria-label="Documents">☰</button>
<a class="brand" href="${root}/index.html">${BRAND}<span>Tidemark</span><span class="muted">documents</span></a>
<form role="search" hidden><label class="hidden" for="site-search">Search the documents</label>
<input id="site-search" type="search" placeholder="Search" autocomplete="off" spellcheck="false" aria-controls="site-found"><kbd aria-hidden="true">/</kbd>
<div id="site-found" hidden><p role="status"></p><ol></ol></div></form>
<button type="button" class="theme" hidden>Theme</button>
<a class="app" href="/">Dashboard</a>
</header>
<div class="frame">
<nav id="site-pages" popover aria-label="Documents">
${listOfPages(page, shelves)}
</nav>
<main id="site-content" tabindex="-1">
${small}
<article>
${page.html}</article>
<nav class="neighbours" aria-label="Neighbouring pages">${neighbour(page, before, 'Before', 'prev')}${neighbour(page, after, 'Next', 'next')}</nav>
</main>
${large}
</div>
</body>
</html>
`;
}
