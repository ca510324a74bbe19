import { isMap, isNode, isPair, LineCounter, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';

/** A file of settings cannot be read: each line says where, and what to do. */
export class SettingsFileError extends Error {
  override readonly name = 'SettingsFileError';
}

type Path = readonly PropertyKey[];

/** Where a value of the document stands: at its key where the key itself is the matter, else the nearest thing that is there. */
function offsetOf(document: Document, path: Path, key: string | undefined): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (!isNode(node) || node.range === null || node.range === undefined) continue;
    if (key !== undefined && isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === key);
      if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? node.range[0];
    }
    return node.range[0];
  }
  return 0;
}

const labelOf = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

/** What a file says, and where it says it: for what only others can judge, like a name that nobody has. */
export interface ReadFile<T> {
  readonly value: T;
  /** `file:line:column` of a value, or of a key of the map there. */
  readonly at: (path: Path, key?: string) => string;
}

/** With `text` every scalar stays as it is written: `0.10` is no float, and `yes` no boolean. */
export type Scalars = 'typed' | 'text';

/**
 * YAML 1.2, read into what a schema says; aliases and unknown keys are refused. Throws {@link SettingsFileError} with the line and the column of all that
 * is wrong.
 */
export function readSettings<T>(text: string, file: string, schema: z.ZodType<T>, scalars: Scalars = 'typed'): ReadFile<T> {
  const lines = new LineCounter();
  const known = scalars === 'typed' ? 'core' : 'failsafe';
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', schema: known, merge: false });
  const placeOf = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const at: ReadFile<T>['at'] = (path, key) => placeOf(offsetOf(document, path, key));
  const refuse = (problems: readonly string[]): never => {
    throw new SettingsFileError(problems.join('\n'));
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) refuse(broken.map(({ pos, message }) => `${placeOf(pos[0])}: ${message.split('\n', 1)[0] ?? ''}`));
  // A few lines of aliases can stand for gigabytes.
  visit(document, { Alias: (_key, { range }) => void refuse([`${placeOf(range?.[0] ?? 0)}: aliases are not read: write it out`]) });
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (parsed.success) return { value: parsed.data, at };
  return refuse(
    parsed.error.issues.flatMap((issue) => {
      const { path, message } = issue;
      const label = labelOf(path);
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => `${at(path, key)}: there is no "${key}"${label === '' ? '' : ` in ${label}`}`);
      return [`${at(path)}: ${label === '' ? 'the file' : label}: ${message}`];
    }),
  );
}

/** As {@link readSettings}, where nobody else has anything to say about it. Throws {@link SettingsFileError}. */
export const parseSettings = <T>(text: string, file: string, schema: z.ZodType<T>): T => readSettings(text, file, schema).value;
