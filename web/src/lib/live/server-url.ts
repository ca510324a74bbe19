/** Where the server is: the page's own origin, or where this dashboard was put on a host of its own, the one that its page names. */
function serverOrigin(): string {
  const named = document.querySelector<HTMLMetaElement>('meta[name="tidemark-server"]')?.content ?? '';
  return named === '' ? location.origin : new URL(named).origin;
}

/** The whole address of a path of the server, like `/graphql`. */
export const serverUrl = (path: string): string => new URL(path, serverOrigin()).href;

/** For `fetch`: a dashboard elsewhere shows its log-in as one here does, and the server takes it from the origins that it knows. */
export const credentials = (): RequestCredentials => (serverOrigin() === location.origin ? 'same-origin' : 'include');
