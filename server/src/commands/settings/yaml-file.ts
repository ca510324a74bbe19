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

/**
 * YAML 1.2, read into what a schema says; aliases and unknown keys are refused. Throws {@link SettingsFileError} with the line and the column of all that
 * is wrong.
 */
export function parseSettings<T>(text: string, file: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', schema: 'core', merge: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const refuse = (problems: readonly string[]): never => {
    throw new SettingsFileError(problems.join('\n'));
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) refuse(broken.map(({ pos, message }) => `${at(pos[0])}: ${message.split('\n', 1)[0] ?? ''}`));
  // A few lines of aliases can stand for gigabytes.
  visit(document, { Alias: (_key, { range }) => void refuse([`${at(range?.[0] ?? 0)}: aliases are not read: write it out`]) });
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (parsed.success) return parsed.data;
  return refuse(
    parsed.error.issues.flatMap((issue) => {
      const { path, message } = issue;
      const label = labelOf(path);
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => `${at(offsetOf(document, path, key))}: there is no "${key}"${label === '' ? '' : ` in ${label}`}`);
      return [`${at(offsetOf(document, path, undefined))}: ${label === '' ? 'the file' : label}: ${message}`];
    }),
  );
}
