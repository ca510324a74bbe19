/** Channels of the market-data stream that we use, the ones that are needed most first: where a plan allows few symbols, quotes go before trades. */
export const CHANNELS = ['dailyBars', 'bars', 'statuses', 'quotes', 'trades'] as const;
export type Channel = (typeof CHANNELS)[number];

/** One subscribe message. */
export interface Chunk {
  readonly channel: Channel;
  readonly symbols: readonly string[];
}

export type Acknowledged = Readonly<Partial<Record<Channel, readonly string[]>>>;

/**
 * What is wanted of one connection, what the broker has confirmed, and what it refused. One chunk is asked for at a time, so that an answer belongs to
 * it; a refused chunk leaves what was confirmed before as it is, and is halved until what fits is in and what does not is known by name.
 */
export class FeedSubscriptions {
  readonly #queue: Chunk[] = [];
  readonly #acknowledged = new Map<Channel, ReadonlySet<string>>();
  readonly #refused: { channel: Channel; symbol: string }[] = [];
  readonly #full = new Set<Channel>();
  #asked: Chunk | undefined;

  constructor(symbols: readonly string[], channels: readonly Channel[], perChunk: number) {
    for (const channel of channels)
      for (let from = 0; from < symbols.length; from += perChunk)
        this.#queue.push({ channel, symbols: symbols.slice(from, from + perChunk) });
  }

  /** The chunk to ask for now; `undefined` while one is being asked for, and when all are done. */
  next(): Chunk | undefined {
    if (this.#asked !== undefined) return undefined;
    for (let chunk = this.#queue.shift(); chunk !== undefined; chunk = this.#queue.shift()) {
      if (!this.#full.has(chunk.channel)) {
        this.#asked = chunk;
        return chunk;
      }
      this.#note(chunk);
    }
    return undefined;
  }

  /** The broker lists everything that it now sends: what was asked for and is not in it was left out by it. */
  acknowledge(complete: Acknowledged): void {
    for (const channel of CHANNELS) {
      const symbols = complete[channel];
      if (symbols !== undefined) this.#acknowledged.set(channel, new Set(symbols));
    }
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked === undefined) return;
    this.#note({ ...asked, symbols: asked.symbols.filter((symbol) => !this.#has(asked.channel, symbol)) });
  }

  /**
   * The broker refuses what was asked: for the number of symbols, after which no further one fits either; for its content, of which one bad symbol
   * spoils the chunk; or because it does not offer the channel.
   */
  refuse(why: 'number' | 'content' | 'channel'): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    this.#asked = undefined;
    const { channel, symbols } = asked;
    if (why === 'channel' || symbols.length === 1) {
      if (why !== 'content') this.#full.add(channel);
      return this.#note(asked);
    }
    const half = Math.ceil(symbols.length / 2);
    this.#queue.unshift({ channel, symbols: symbols.slice(0, half) }, { channel, symbols: symbols.slice(half) });
  }

  /** Nothing is left to ask for. */
  get settled(): boolean {
    return this.#asked === undefined && this.#queue.length === 0;
  }

  get refused(): readonly { readonly channel: Channel; readonly symbol: string }[] {
    return this.#refused;
  }

  acknowledged(channel: Channel): readonly string[] {
    return [...(this.#acknowledged.get(channel) ?? [])];
  }

  #has(channel: Channel, symbol: string): boolean {
    const set = this.#acknowledged.get(channel);
    return set !== undefined && (set.has(symbol) || set.has('*'));
  }

  #note({ channel, symbols }: Chunk): void {
    for (const symbol of symbols) this.#refused.push({ channel, symbol });
  }
}
