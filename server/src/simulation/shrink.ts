/** What shrinking needs of one repetition: whether the same invariant fails without these parts. */
export type StillFails = (without: ReadonlySet<string>) => Promise<boolean>;

/**
 * Few parts that still fail, by delta debugging: groups are left out one after another where it fails without them, first large ones, then ever
 * smaller ones, and single parts until none can go. At most `triesMax` repetitions. The result fails; where tries run out it may not be minimal.
 */
export async function shrink(parts: readonly string[], stillFails: StillFails, triesMax: number): Promise<readonly string[]> {
  let kept: readonly string[] = parts;
  const budget = { left: triesMax };
  /** Leaves out every group of that size that is not needed; true where one could go. */
  const pass = async (size: number): Promise<boolean> => {
    const before = kept.length;
    for (let from = 0; from < kept.length && budget.left > 0;) {
      const candidate = [...kept.slice(0, from), ...kept.slice(from + size)];
      const stays = new Set(candidate);
      budget.left -= 1;
      if (await stillFails(new Set(parts.filter((part) => !stays.has(part))))) kept = candidate;
      else from += size;
    }
    return kept.length < before;
  };
  for (let size = Math.ceil(parts.length / 2); size > 1 && budget.left > 0; size = Math.ceil(Math.min(size, kept.length) / 2))
    await pass(size);
  while (budget.left > 0 && (await pass(1)));
  return kept;
}
