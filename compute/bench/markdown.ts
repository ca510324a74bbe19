import { SLOW_PEER_RATIO } from './compare.ts';
import type { PeerTiming, Row, Section, Suite } from './suite.ts';
import { shortNumber, shownFigure, shownGoal } from './table.ts';

const DIFFERS = '†';

/** docs/performance.md of a run: ratios, which other machines will find alike, and what they were measured on. Prettier's own format. */
export function performanceDocument({ startedAt, machine, sections }: Suite): string {
  const { cpu, cores, node, platform } = machine;
  const head = [
    '# Performance',
    'Written by `npm run bench -- --write-docs` from its own JSON: measure again instead of editing.',
    `Measured on ${startedAt.slice(0, 10)}: ${cpu}, ${cores} cores, ${platform}, Node ${node}. Times differ between machines and from hour to hour, so every ` +
      'figure is a ratio to other work in the same rounds, each by its best run. `✓` and `✗` say whether a goal is met.',
  ];
  return `${[...head, ...sections.flatMap(sectionParts)].join('\n\n')}\n`;
}

function sectionParts(section: Section): readonly string[] {
  const { title, about, rows, missing } = section;
  const table = rows.some(({ peers }) => peers.length > 0) ? peerTable(section) : plainTable(rows);
  const absent = missing.map(({ name, reason }) => `Not measured: ${name}, because ${reason.replaceAll('|', '\\|')}.`);
  return [`## ${title}`, about.join(' '), ...verdictParts(section), markdownTable(table), ...absent];
}

function verdictParts({ rows, peers }: Section): readonly string[] {
  const verdicts = rows.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]));
  if (verdicts.length === 0) return [];
  const ahead = verdicts.filter(({ isAhead }) => isAhead).length;
  const asked = verdicts.filter(({ isThreeTimes }) => isThreeTimes !== null);
  const threeTimes = asked.filter(({ isThreeTimes }) => isThreeTimes).length;
  const versions = peers.map(({ name, version }) => `${name} ${version}`).join(', ');
  return [
    `Beside ${versions}: ahead of all of them in ${ahead} of ${verdicts.length} rows. Three times as fast as the fastest in ${threeTimes} of the ${asked.length} ` +
      `rows where that one takes longer than ${shortNumber(SLOW_PEER_RATIO)} copies.`,
    `A library's column says how many times as long it takes as we do with bars in memory; ${DIFFERS}: its values are other ones, by another definition.`,
  ];
}

/** A line a row; the first line is the head. */
type Cells = readonly (readonly string[])[];

function plainTable(rows: readonly Row[]): Cells {
  const cells = rows.map((row) => [row.name, shownFigure(row, row.value), shownFigure(row, row.medianValue), shownGoal(row)]);
  return [['', 'by best runs', 'by medians', 'goal'], ...cells];
}

function peerTable({ rows, peers }: Section): Cells {
  const names = peers.map(({ name }) => name);
  const cells = rows.map((row) => [
    row.name,
    shownFigure(row, row.value),
    copiedCell(row),
    shownGoal(row),
    ...names.map((name) => peerCell(row.peers.find((peer) => peer.name === name))),
  ]);
  return [['', 'in memory', 'copied in and out', 'goal', ...names], ...cells];
}

function copiedCell({ variants: [copied], reference }: Row): string {
  return copied === undefined || reference === null ? '' : `${shortNumber(copied.bestNs / reference.bestNs)} ×`;
}

function peerCell(peer: PeerTiming | undefined): string {
  return peer === undefined ? '' : `${shortNumber(peer.times)}${peer.agrees ? '' : ` ${DIFFERS}`}`;
}

/** The first column to the left, the others to the right. */
function markdownTable(cells: Cells): string {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const lines = cells.map((row) => `| ${row.map(pad).join(' | ')} |`);
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}
