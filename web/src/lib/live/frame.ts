/** Collects changes and carries them out together, once a frame: a burst of messages costs one repaint. */
export interface Frame {
  add(change: () => void): void;
  /** Carries out what is waiting, now. */
  flush(): void;
}

/** A hidden page gets no frames, so its changes wait for a timer instead. */
const HIDDEN_WAIT_MS = 250;

export function makeFrame(): Frame {
  let waiting: (() => void)[] = [];
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    const now = waiting;
    waiting = [];
    for (const change of now) change();
  };
  return {
    add(change) {
      waiting.push(change);
      if (scheduled) return;
      scheduled = true;
      if (document.hidden) setTimeout(flush, HIDDEN_WAIT_MS);
      else requestAnimationFrame(flush);
    },
    flush,
  };
}

/** Runs at once, then at most every `gapMs`, which may follow what there is to do; the last call is never lost. */
export function throttle(gapMs: number | (() => number), run: () => unknown): () => void {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    if (timer !== undefined) return;
    const gap = typeof gapMs === 'number' ? gapMs : gapMs();
    const wait = Math.max(0, last + gap - performance.now());
    timer = setTimeout(() => {
      timer = undefined;
      last = performance.now();
      run();
    }, wait);
  };
}
