import { ratio } from '../money/fixed.ts';
import { percent } from './limits.ts';
import type { LimitDefinition } from './limits.ts';

/** A default or a ceiling as the policy page writes it: `2 %`, `$25,000`, `20`, `30 s`. */
export function policyFigure({ unit }: Pick<LimitDefinition, 'unit'>, text: string): string {
  switch (unit) {
    case 'ratio':
      return percent(ratio(text));
    case 'usd':
      return `$${text.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;
    case 'count':
      return text;
    case 'ms':
      return `${text.replace(/000$/, '')} s`;
  }
}

/** The table of limits in `docs/risk-policy.md`, in Markdown: one row a limit, in the order of the definitions. */
export function policyTable(definitions: readonly LimitDefinition[]): string {
  const rows = definitions.map((definition) =>
    [
      `\`${definition.code}\``,
      `\`${definition.name}\``,
      definition.description,
      policyFigure(definition, definition.default),
      definition.ceiling === undefined ? '–' : policyFigure(definition, definition.ceiling),
    ].join(' | '),
  );
  return [
    '| Code | Limit | What it bounds | Default | Ceiling |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}
