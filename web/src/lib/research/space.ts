import type { ParameterPartsFragment } from '@tidemark/schema/documents';
import { defaultText, problemOf } from '#lib/strategies/parameters.ts';
import type { Values } from '#lib/strategies/parameters.ts';

/** A parameter's text in a sweep: one value, a range, or a list. */
type Asked =
  { readonly kind: 'value' } | { readonly kind: 'axis'; readonly count: number } | { readonly kind: 'wrong'; readonly problem: string };

const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)`;
const RANGE = new RegExp(String.raw`^(${NUMBER})\.\.(${NUMBER})(?::(${NUMBER}))?$`);
/** A thousandth of a step is rounding. */
const ROUNDING = 0.001;

const wrong = (problem: string | undefined): Asked => ({ kind: 'wrong', problem: problem ?? 'Give a value.' });

function rangeOf(spec: ParameterPartsFragment, [, first = '', last = '', step = '1']: readonly (string | undefined)[]): Asked {
  const bound = problemOf(spec, first) ?? problemOf(spec, last);
  if (bound !== undefined) return wrong(bound);
  if (!(Number(step) > 0)) return wrong('The step must be above 0.');
  if (Number(last) < Number(first)) return wrong('The range ends before it begins.');
  return { kind: 'axis', count: Math.floor((Number(last) - Number(first)) / Number(step) + ROUNDING) + 1 };
}

export function askedOf(spec: ParameterPartsFragment, text: string | undefined): Asked {
  const trimmed = (text ?? '').trim();
  const range = RANGE.exec(trimmed);
  if (range !== null && !spec.choices) return rangeOf(spec, range);
  if (!trimmed.includes(',')) {
    const problem = problemOf(spec, trimmed);
    return problem === undefined ? { kind: 'value' } : wrong(`${problem} Or a range, like 2..20 or 0.1..0.5:0.1, or a list: 5,10,20.`);
  }
  const values = trimmed.split(',').map((each) => each.trim());
  const problem = values.map((each) => problemOf(spec, each)).find((each) => each !== undefined);
  return problem === undefined ? { kind: 'axis', count: values.length } : wrong(problem);
}

export interface Space {
  readonly grid: readonly string[];
  readonly fixed: readonly { readonly name: string; readonly value: string }[];
  /** Combinations, before the condition. */
  readonly size: number;
}

/** What is swept and what stays; `undefined` while a text is wrong, or nothing is swept. */
export function spaceOf(specs: readonly ParameterPartsFragment[], values: Values): Space | undefined {
  const grid: string[] = [];
  const fixed: { name: string; value: string }[] = [];
  let size = 1;
  for (const spec of specs) {
    const text = (values[spec.name] ?? defaultText(spec)).trim();
    const asked = askedOf(spec, text);
    if (asked.kind === 'wrong') return undefined;
    if (asked.kind === 'value') {
      fixed.push({ name: spec.name, value: text });
    } else {
      grid.push(`${spec.name}=${text.replaceAll(/\s/g, '')}`);
      size *= asked.count;
    }
  }
  return grid.length === 0 ? undefined : { grid, fixed, size };
}
