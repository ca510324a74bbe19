import type { EngineEvent } from './events.ts';

/** An event that another instance asked for names the request, in the journal too: it is there once, or not at all. */
export const askedFor = (event: EngineEvent, request: string): EngineEvent & { readonly request: string } => ({ ...event, request });

/** The request that an event was asked for by; `undefined` where it came from this process itself. */
export const requestOf = (event: unknown): string | undefined =>
  typeof event === 'object' && event !== null && 'request' in event && typeof event.request === 'string' ? event.request : undefined;
