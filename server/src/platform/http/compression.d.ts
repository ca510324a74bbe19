/** Of the library only what is used here: its published types would bring those of a whole web framework. */
declare module 'compression' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  type Filter = (request: IncomingMessage, response: ServerResponse) => boolean;
  interface Options {
    /** The least bytes of a body that is compressed. */
    readonly threshold: number;
    /** Of gzip and deflate, 1 to 9. */
    readonly level: number;
    /** Which answers may be, once their headers are known. */
    readonly filter: Filter;
  }
  interface Compression {
    (options: Options): (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
    /** What is text, by its type. */
    readonly filter: Filter;
  }
  const compression: Compression;
  export default compression;
}
