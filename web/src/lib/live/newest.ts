/** One page of a list that is kept oldest first. */
export interface Page<T> {
  readonly nodes: readonly T[];
  readonly hasNextPage: boolean;
}

/** Reads at most `first` entries with a sequence number above `after`, oldest first. */
export type ReadAfter<T> = (after: number, first: number) => Promise<Page<T>>;

export interface Newest<T> {
  /** Newest first. */
  readonly entries: readonly T[];
  /** Nothing older is left. */
  readonly complete: boolean;
}

const PAGE = 500;
/** How much wider the window gets when it held too little. */
const WIDER = 4;

/**
 * The newest `wanted` entries numbered below `before`, out of a list that can only be read forwards: looks at a window
 * that ends there, and widens it until it holds enough or reaches the start.
 */
export async function newest<T extends { readonly seq: number }>(read: ReadAfter<T>, before: number, wanted: number): Promise<Newest<T>> {
  for (let span = wanted * WIDER; ; span *= WIDER) {
    const from = Math.max(0, before - 1 - span);
    const found = await readWindow(read, from, before);
    if (found.length < wanted && from > 0) continue;
    return { entries: found.slice(-wanted).reverse(), complete: from === 0 && found.length <= wanted };
  }
}

async function readWindow<T extends { readonly seq: number }>(read: ReadAfter<T>, from: number, before: number): Promise<readonly T[]> {
  const found: T[] = [];
  let after = from;
  for (;;) {
    const { nodes, hasNextPage } = await read(after, PAGE);
    found.push(...nodes.filter((node) => node.seq < before));
    const last = nodes.at(-1);
    if (!hasNextPage || last === undefined || last.seq >= before - 1) return found;
    after = last.seq;
  }
}
