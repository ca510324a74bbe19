/** A map that keeps what was put in last, up to a bound: beyond it the oldest goes. */
export class Newest<K, V> {
  private readonly kept = new Map<K, V>();
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  get(key: K): V | undefined {
    return this.kept.get(key);
  }

  set(key: K, value: V): void {
    this.kept.delete(key);
    this.kept.set(key, value);
    const oldest = this.kept.keys().next();
    if (this.kept.size > this.max && oldest.done !== true) this.kept.delete(oldest.value);
  }

  delete(key: K): void {
    this.kept.delete(key);
  }

  /** Oldest first. */
  values(): IterableIterator<V> {
    return this.kept.values();
  }
}
