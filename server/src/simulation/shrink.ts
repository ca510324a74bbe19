/** What shrinking needs of one repetition: whether the same invariant fails without these parts. */
export type StillFails = (without: ReadonlySet<string>) => Promise<boolean>;

/** Groups of a list, as equal as can be. */
function groups<T>(list: readonly T[], count: number): readonly (readonly T[])[] {
  const size = Math.ceil(list.length / count);
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
}

/**
 * Fewest parts that still fail, by delta debugging: ever smaller groups are left out, for as long as it fails without them. At most `triesMax`
 * repetitions. The result fails; where tries run out it may not be minimal.
 */
export async function shrink(parts: readonly string[], stillFails: StillFails, triesMax: number): Promise<readonly string[]> {
  let kept: readonly string[] = parts;
  const budget = { left: triesMax };
  const fails = async (candidate: readonly string[]): Promise<boolean> => {
    budget.left -= 1;
    const stays = new Set(candidate);
    return await stillFails(new Set(parts.filter((part) => !stays.has(part))));
  };
  /** What is left without the first group that is not needed; `undefined` where all are. */
  const without = async (count: number): Promise<readonly string[] | undefined> => {
    for (const piece of groups(kept, count)) {
      if (budget.left <= 0) return undefined;
      const gone = new Set(piece);
      const candidate = kept.filter((part) => !gone.has(part));
      if (await fails(candidate)) return candidate;
    }
    return undefined;
  };
  let count = 2;
  while (kept.length > 1 && budget.left > 0) {
    const smaller = await without(Math.min(count, kept.length));
    if (smaller === undefined && count >= kept.length) return kept;
    count = smaller === undefined ? Math.min(kept.length, count * 2) : Math.max(2, count - 1);
    kept = smaller ?? kept;
  }
  return kept;
}
