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
  let kept = [...parts];
  let tries = 0;
  const fails = async (candidate: readonly string[]): Promise<boolean> => {
    tries += 1;
    const stays = new Set(candidate);
    return await stillFails(new Set(parts.filter((part) => !stays.has(part))));
  };
  for (let count = 2; kept.length > 1 && tries < triesMax;) {
    const pieces = groups(kept, Math.min(count, kept.length));
    let smaller: readonly string[] | undefined;
    for (const piece of pieces) {
      if (tries >= triesMax) break;
      const gone = new Set(piece);
      const candidate = kept.filter((part) => !gone.has(part));
      if (await fails(candidate)) {
        smaller = candidate;
        break;
      }
    }
    if (smaller !== undefined) {
      kept = [...smaller];
      count = Math.max(2, count - 1);
    } else if (count >= kept.length) return kept;
    else count = Math.min(kept.length, count * 2);
  }
  return kept;
}
