/** What no reader sees, or what turns the order of what is read: controls but line breaks and tabs, direction marks, zero widths, tags, half characters. */
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const escapeOf = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`;

/** Text from anywhere as whoever reads it shall see it: hidden characters stand there as `\u{200B}`, all others as they are. */
export const visibleText = (text: string): string => text.replace(HIDDEN, escapeOf);

/** Each text in a value of JSON made visible, the names of fields too. */
export function visibleValue(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value);
  if (Array.isArray(value)) return value.map(visibleValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [visibleText(name), visibleValue(each)]));
}
