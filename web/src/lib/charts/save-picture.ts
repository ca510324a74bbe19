import { downloadBlob } from '#lib/ui/table/csv.ts';

/** Twice as fine as it is shown, so that it can be printed. */
const SCALE = 2;
const MARGIN_PX = 16;

/** A chart's label as the name of a file. */
export const fileNameOf = (label: string): string =>
  `tidemark-${label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80)}.png`;

/** What the chart shows, above it: a picture that leaves the page has no card around it. */
function titled(clone: Node, label: string): void {
  if (!(clone instanceof HTMLElement)) return;
  const title = document.createElement('div');
  title.textContent = label;
  title.style.cssText = `padding: 0 ${MARGIN_PX}px 8px; font-size: 13px; font-weight: 600;`;
  clone.prepend(title);
}

const addressIn = (rule: CSSFontFaceRule): string | undefined => /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue('src'))?.[1];

/** The faces that the page has loaded, as rules that carry their bytes: a picture may ask for no file. */
async function fontsInUse(): Promise<string> {
  const loaded = [...document.fonts].filter(({ status }) => status === 'loaded');
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule);
  const used = rules.filter(({ style }) =>
    loaded.some(
      ({ family, unicodeRange }) =>
        family.replaceAll('"', '') === style.getPropertyValue('font-family').replaceAll('"', '') &&
        unicodeRange === (style.getPropertyValue('unicode-range') || 'U+0-10FFFF'),
    ),
  );
  const texts = used.map(async (rule) => {
    const address = addressIn(rule);
    if (address === undefined) return '';
    const bytes = await (await fetch(new URL(address, rule.parentStyleSheet?.href ?? document.baseURI))).arrayBuffer();
    return rule.cssText.replace(address, `data:font/woff2;base64,${new Uint8Array(bytes).toBase64()}`);
  });
  return (await Promise.all(texts)).join('\n');
}

/** Hands a figure to the browser as a PNG, as it looks now, without its buttons. Rejects where the browser cannot draw it. */
export async function savePicture(figure: HTMLElement, label: string): Promise<void> {
  const { domToBlob } = await import('modern-screenshot');
  const { width, height } = figure.getBoundingClientRect();
  const blob = await domToBlob(figure, {
    scale: SCALE,
    width: Math.ceil(width) + 2 * MARGIN_PX,
    height: Math.ceil(height) + 2 * MARGIN_PX + 28,
    backgroundColor: getComputedStyle(document.documentElement).getPropertyValue('--panel').trim(),
    style: { margin: '0', padding: `${MARGIN_PX}px` },
    font: { cssText: await fontsInUse() },
    filter: (node) => !(node instanceof HTMLButtonElement),
    onCloneNode: (clone) => titled(clone, label),
  });
  downloadBlob(fileNameOf(label), blob);
}
