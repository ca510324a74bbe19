import { ROLE_NAMES, ROLES, atLeast } from '../approvals/roles.ts';
import type { Role } from '../approvals/roles.ts';
import { NEEDS } from './authorization.ts';
import type { Need } from './authorization.ts';

const BEGIN = '<!-- access: written by schema/print.ts -->';
const END = '<!-- /access -->';

const TYPES = ['Query', 'Subscription', 'Mutation'] as const;

const nameOf = ({ role, fresh, of, agents }: Need): string =>
  [
    ROLE_NAMES[role],
    ...(fresh === true ? ['fresh'] : []),
    ...(of === 'person' ? (fresh === true ? [] : ['in person']) : [of]),
    ...(agents === false ? ['no agent'] : []),
  ].join(', ');

/** Every need that some field has, by role, in the order of the table in the code. */
function needs(): readonly Need[] {
  const found = new Map<string, Need>();
  for (const type of TYPES) for (const need of Object.values(NEEDS[type])) found.set(nameOf(need), need);
  return [...found.values()].sort((left, right) => ROLES.indexOf(left.role) - ROLES.indexOf(right.role));
}

const fieldsOf = (type: keyof typeof NEEDS, wanted: Need): readonly string[] =>
  Object.entries(NEEDS[type])
    .filter(([, need]) => nameOf(need) === nameOf(wanted))
    .map(([field]) => field)
    .sort();

function cell(role: Role, need: Need): string {
  if (!atLeast(role, need.role)) return 'no';
  return need.fresh === true ? 'fresh' : 'yes';
}

/** What a key must have beside its role. */
function keyCell({ fresh, of, agents }: Need): string {
  if (fresh === true || of === 'person') return 'no';
  return agents === false ? `${of}, no agent` : of;
}

/** Columns as wide as their widest cell, as the formatter of the documents writes them. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}

const LINE_LENGTH_MAX = 150;

/** One item of a list, broken between words. */
function item(words: string): string {
  const lines: string[] = [];
  let line = '-';
  for (const word of words.split(' ')) {
    if (line.length + 1 + word.length > LINE_LENGTH_MAX) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}

/** Who may begin an operation with which field: the table of roles as the documents show it. */
export function accessMatrix(): string {
  const used = needs();
  const matrix = table([
    ['Fields that need', 'nobody', ...ROLES.map((role) => ROLE_NAMES[role]), 'a key'],
    ...used.map((need) => [nameOf(need), 'no', ...ROLES.map((role) => cell(role, need)), keyCell(need)]),
  ]);
  const lists = used.map((need) => {
    const parts = TYPES.flatMap((type) => {
      const fields = fieldsOf(type, need);
      return fields.length === 0 ? [] : [`${type}: ${fields.map((field) => `\`${field}\``).join(', ')}.`];
    });
    return item(`**${nameOf(need)}**. ${parts.join(' ')}`);
  });
  return `${matrix}\n\n${lists.join('\n')}`;
}

/** The text with the matrix in its place. Throws where the place is not marked. */
export function withAccessMatrix(text: string): string {
  const [before, rest] = text.split(BEGIN, 2);
  const after = rest?.split(END, 2)[1];
  if (before === undefined || after === undefined) throw new Error(`Invariant: the document marks the place by ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n${accessMatrix()}\n\n${END}${after}`;
}
