/** A default in a source, changed by a little. */
export interface SourceChange {
  readonly parameter: string;
  readonly from: string;
  readonly to: string;
  readonly source: string;
}

/** A parameter as strategies declare it: `integer('slow', 30, 2, 10000, …)`. */
const DECLARED = /\b(integer|number)\(\s*'(\w+)',\s*(-?\d+(?:\.\d+)?),\s*(-?\d+(?:\.\d+)?),\s*(-?\d+(?:\.\d+)?)/g;
const STEPS = [1.2, 0.8] as const;

interface Declared {
  readonly kind: string;
  readonly name: string;
  readonly usual: string;
  readonly min: number;
  readonly max: number;
  /** Where its default stands in the source. */
  readonly at: number;
}

function declaredIn(source: string): readonly Declared[] {
  return [...source.matchAll(DECLARED)].map((match) => {
    const [all, kind = '', name = '', usual = '', min, max] = match;
    const at = match.index + all.indexOf(usual, all.indexOf(`'${name}'`) + name.length + 2);
    return { kind, name, usual, min: Number(min), max: Number(max), at };
  });
}

/** Each figure of a source a fifth up and a fifth down from what the strategy trades with, within its bounds. One that is 0 turns something off and stays. */
export function changesOf(source: string, parameters: ReadonlyMap<string, string>): readonly SourceChange[] {
  return declaredIn(source).flatMap(({ kind, name, usual, min, max, at }) => {
    const from = parameters.get(name) ?? usual;
    return STEPS.flatMap((step) => {
      const value = Number(from) * step;
      const to = kind === 'integer' ? Math.round(value) : Number(value.toPrecision(4));
      const isChange = Number.isFinite(to) && to !== 0 && to !== Number(from) && to >= min && to <= max;
      if (!isChange) return [];
      return [{ parameter: name, from, to: String(to), source: source.slice(0, at) + String(to) + source.slice(at + usual.length) }];
    });
  });
}
