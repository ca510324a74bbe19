import unhomoglyph from 'unhomoglyph';

/** A stretch of a text as it is to be shown: as it stands, or as what it would hide or pretend to be. */
export type TextPart =
  | { readonly kind: 'plain'; readonly text: string }
  /** A character that nobody sees, or that turns the order of what is read; `text` is its number. */
  | { readonly kind: 'hidden'; readonly text: string }
  /** A letter or digit that looks like another one. */
  | { readonly kind: 'alike'; readonly text: string; readonly like: string; readonly number: string };

/** Controls but line breaks and tabs, direction marks, zero widths, tags, half characters. */
const HIDDEN = /^(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$/u;
/** Letters and digits with their accents; what is hidden between them does not part a word. */
const WORD = /[\p{L}\p{N}\p{M}]/u;
const LATIN = /[\p{Script=Latin}\d]/u;
const ASCII = /^[A-Za-z0-9]+$/;
const MARK = /\p{M}/u;

const numberOf = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The letters or digits that it looks like and is not; `undefined` for what is itself. */
function likeOf(character: string): string | undefined {
  if (character.charCodeAt(0) < 128) return undefined;
  const isOwn = LATIN.test(character) && character.normalize('NFKC') === character;
  const like = unhomoglyph(character.normalize('NFKC'));
  return !isOwn && ASCII.test(like) ? like : undefined;
}

/** True of a word whose letters that look like Latin ones are there to be taken for them: it is of several scripts, or of nothing else. */
function isPretending(word: readonly string[]): boolean {
  const letters = word.filter((character) => !MARK.test(character) && !HIDDEN.test(character));
  const alike = letters.filter((character) => likeOf(character) !== undefined).length;
  return alike > 0 && (alike === letters.length || letters.some((character) => LATIN.test(character)));
}

const partOf = (character: string, pretends: boolean): TextPart => {
  if (HIDDEN.test(character)) return { kind: 'hidden', text: numberOf(character) };
  const like = pretends ? likeOf(character) : undefined;
  return like === undefined ? { kind: 'plain', text: character } : { kind: 'alike', text: character, like, number: numberOf(character) };
};

/** Neighbours that are plain become one. */
function joined(parts: readonly TextPart[]): readonly TextPart[] {
  const result: TextPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part.kind === 'plain' && last?.kind === 'plain') result[result.length - 1] = { kind: 'plain', text: last.text + part.text };
    else result.push(part);
  }
  return result;
}

/**
 * A text that somebody else wrote, in parts: nothing of it is left out, and what hides or pretends stands apart. Look-alikes are those of Unicode's list
 * of confusables (UTS 39) that look like Latin letters or digits; a word of another script is none, as long as it is no disguise.
 */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let word: string[] = [];
  const endWord = (): void => {
    const pretends = isPretending(word);
    for (const character of word) parts.push(partOf(character, pretends));
    word = [];
  };
  for (const character of text) {
    if (WORD.test(character) || HIDDEN.test(character)) {
      word.push(character);
      continue;
    }
    endWord();
    parts.push({ kind: 'plain', text: character });
  }
  endWord();
  return joined(parts);
}

/** What a reader is warned of; `undefined` where a text is what it seems. */
export function textWarning(parts: readonly TextPart[]): string | undefined {
  const [hidden, alike] = (['hidden', 'alike'] as const).map((kind) => parts.filter((part) => part.kind === kind).length);
  const said = [
    ...(hidden === undefined || hidden === 0 ? [] : [hidden === 1 ? 'a hidden character' : `${hidden} hidden characters`]),
    ...(alike === undefined || alike === 0
      ? []
      : [alike === 1 ? 'a letter that looks like another' : `${alike} letters that look like others`]),
  ];
  return said.length === 0 ? undefined : `It holds ${said.join(' and ')}: it may not say what it seems to.`;
}
