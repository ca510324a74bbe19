import type { ModelWhatIfQuery } from '@tidemark/schema/documents';

export type WhatIf = NonNullable<ModelWhatIfQuery['modelWhatIf']>;
type Feature = WhatIf['features'][number];

/** A feature in both answers: as it was, as it is asked about now, and what the change of it did to the score, in the score's unit. */
export interface ChangedFeature {
  readonly name: string;
  readonly before: number | null;
  readonly now: number | null;
  readonly contribution: number | null;
  /** What its contribution has changed by; `null` where one answer has none. */
  readonly moved: number | null;
  readonly range: Range;
}

/** Where a slider may go. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const DEVIATIONS = 3;

/** Three deviations to each side of the training's mean, and further where the value itself, or nine in ten of the training's rows, lie outside. */
export function rangeOf({ mean, deviation, low, high, value }: Omit<Feature, 'name' | 'contribution'>): Range {
  const known = [value, low, high].filter((each) => each !== null);
  if (mean !== null && deviation !== null) known.push(mean - DEVIATIONS * deviation, mean + DEVIATIONS * deviation);
  const [from, to] = [Math.min(...known), Math.max(...known)];
  if (known.length === 0) return { from: -1, to: 1 };
  // A feature that never moved has room all the same.
  return from < to ? { from, to } : { from: from - 1, to: to + 1 };
}

/** The row that is asked about: as it was, but for what somebody has changed; `undefined` where a value is missing. */
export function rowOf(before: WhatIf, changes: ReadonlyMap<string, number>): readonly number[] | undefined {
  const row = before.features.map(({ name, value }) => changes.get(name) ?? value);
  return row.every((value) => value !== null) ? row : undefined;
}

export function changedFeatures(before: WhatIf, now: WhatIf): readonly ChangedFeature[] {
  return before.features.map((feature, place): ChangedFeature => {
    const other = now.features[place];
    const contribution = other?.contribution ?? null;
    return {
      name: feature.name,
      before: feature.value,
      now: other?.value ?? null,
      contribution,
      moved: contribution === null || feature.contribution === null ? null : contribution - feature.contribution,
      range: rangeOf(feature),
    };
  });
}
