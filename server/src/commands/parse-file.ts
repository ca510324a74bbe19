import type { z } from 'zod';

const place = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');

/** JSON of a shape. Throws what `refuse` makes of a sentence that names the file, the field and what to give instead. */
export function parseJsonFile<T>(
  text: string,
  file: string,
  shape: z.ZodType<T>,
  give: string,
  refuse: (why: string, cause?: unknown) => Error,
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(`${file}: is not JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `, field ${place(issue.path)}`;
  throw refuse(`${file}${where}: ${issue?.message ?? 'is wrong'}. ${give}`);
}
