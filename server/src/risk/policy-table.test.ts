import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DENIAL_CODES } from '../orders/order.ts';
import { BREAKER_CODES, LIMIT_DEFINITIONS } from './limits.ts';
import { policyFigure, policyTable } from './policy-table.ts';
import { TRADING_STATES } from './types.ts';

/** A formatter may pad the columns; the words and figures count. */
const unpadded = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
const page = unpadded(readFileSync(new URL('../../../docs/risk-policy.md', import.meta.url), 'utf8'));

describe('docs/risk-policy.md', () => {
  test('holds the table of the limits as they are compiled in; where it differs, paste what is expected here', () => {
    const from = page.indexOf('| Code | Limit |');
    const found = page.slice(from, page.indexOf('\n\n', from));
    expect(found).toBe(policyTable(LIMIT_DEFINITIONS));
  });

  test.each([...DENIAL_CODES, ...BREAKER_CODES])('explains %s', (code) => {
    expect(page).toMatch(new RegExp(`^### ${code}$`, 'm'));
  });

  test.each(TRADING_STATES)('says what %s lets through', (state) => {
    expect(page).toContain(`| ${state} |`);
  });
});

test.each([
  { unit: 'ratio', text: '0.025', figure: '2.5 %' },
  { unit: 'usd', text: '25000', figure: '$25,000' },
  { unit: 'usd', text: '5', figure: '$5' },
  { unit: 'count', text: '200', figure: '200' },
  { unit: 'ms', text: '30000', figure: '30 s' },
] as const)('$text $unit is written $figure', ({ unit, text, figure }) => {
  expect(policyFigure({ unit }, text)).toBe(figure);
});
