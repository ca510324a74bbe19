/** One static page; everything is read from the server it came from. */
export const ssr = false;
export const prerender = false;
