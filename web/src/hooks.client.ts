import { live } from '#lib/live/live.svelte.ts';

/** Runs once, before there is a page: what every page shows is asked for meanwhile. Somebody who joins is nobody yet, and has nothing to ask. */
export function init(): void {
  if (location.pathname !== '/join') live.ask();
}
