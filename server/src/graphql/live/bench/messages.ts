import type { Spread } from './figures.ts';

/** What a server of the bench tells once it listens. */
export interface Listening {
  readonly url: string;
  /** Of the product: what its owner's session is proved with. */
  readonly cookie?: string;
}

/** What a server tells of itself when it is asked. */
export interface Footprint {
  readonly rssMb: number;
  readonly cpuMs: number;
}

/** What the client's process is asked to do. */
export type ClientTask =
  | {
      readonly kind: 'open';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly protocol: 'graphql' | 'raw';
      readonly query: string;
      readonly connections: number;
      /** So many of them stop reading once they are subscribed. */
      readonly neverReading: number;
    }
  | { readonly kind: 'measure' }
  | { readonly kind: 'report' }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'close' };

export interface ClientReport {
  readonly kind: 'done';
  /** Messages that carry an event, over all sockets that read. */
  readonly deliveries: number;
  /** From the intended time of the event to its arrival. */
  readonly latencies: Spread;
  /** Events that each reading socket has had: the least and the most. */
  readonly least: number;
  readonly most: number;
  /** Cursors that came twice or out of order. */
  readonly disorders: number;
  /** Sockets that were closed, by code. */
  readonly closed: Readonly<Record<string, number>>;
  /** Milliseconds that the task took. */
  readonly tookMs: number;
}
