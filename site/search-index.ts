import MiniSearch from 'minisearch';
import type { Site } from './build.ts';
import { addressOf } from './contents.ts';

const EXCERPT_MAX = 160;

/** What a search looks at and shows: one entry for each heading. The page in the browser reads it with the same options, `assets/docs.js`. */
export const SEARCH_OPTIONS = { fields: ['heading', 'title', 'text'], storeFields: ['title', 'heading', 'address', 'excerpt'] };

const excerptOf = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= EXCERPT_MAX ? line : `${line.slice(0, EXCERPT_MAX).replace(/\s\S*$/, '')} …`;
};

/** The index of all pages as JSON. */
export function searchIndex({ pages }: Site): string {
  const index = new MiniSearch(SEARCH_OPTIONS);
  for (const { source, title, sections } of pages) {
    for (const { heading, text } of sections) {
      const address = `${addressOf(source) ?? ''}${heading.depth === 1 ? '' : `#${heading.id}`}`;
      index.add({ id: address, title, heading: heading.text, address, text, excerpt: excerptOf(text) });
    }
  }
  return JSON.stringify(index);
}
