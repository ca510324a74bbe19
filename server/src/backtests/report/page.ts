import { html } from './html.ts';
import type { Html } from './html.ts';
import { STYLE } from './style.ts';

/** What fills the frame that all documents of runs have. */
export interface PageParts {
  readonly title: string;
  /** What kind of document it is. */
  readonly label: string;
  /** Short words beside the title. */
  readonly badges?: readonly string[];
  /** The line below the title. */
  readonly subtitle: Html;
  readonly body: Html;
  readonly footer: string;
  /** All numbers, by `embedJson`. */
  readonly data: Html;
}

/** One HTML file that opens offline, asks for nothing, follows light and dark, prints to A4, and holds no script but its data. */
export function pageOf({ title, label, badges = [], subtitle, body, footer, data }: PageParts): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${label}</title>
        <link rel="icon" href="data:," />
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>${title}</h1>
            ${badges.map((badge) => html`<span class="chip">${badge}</span>`)}
            <span class="brand">${label}</span>
            <span class="sub">${subtitle}</span>
          </header>
          ${body}
          <footer>${footer}</footer>
        </main>
        ${data}
      </body>
    </html> `;
  return page.markup;
}
