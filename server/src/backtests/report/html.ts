import { canonicalJson } from '@tidemark/compute';

/** Markup that is safe to write out: only {@link html} makes it, and it escapes every text put into it. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | false | undefined | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

function markupOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if ('markup' in part) return part.markup;
  return part.map(markupOf).join('');
}

/** Markup with texts put in, in an element or in a quoted attribute. `undefined` and `false` are nothing; lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.reduce((markup, text, index) => markup + markupOf(parts[index - 1]) + text) };
}

/** JSON that cannot end the script element it stands in, whatever its texts hold. Its keys are sorted: equal values have the same text. */
export function embedJson(id: string, value: unknown): Html {
  const json = canonicalJson(JSON.parse(JSON.stringify(value))).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { markup: `<script type="application/json" id="${escapeHtml(id)}">${json}</script>` };
}
