/** RFC 6455 §5.2: the whole message in this frame, and text. */
const WHOLE_TEXT = 0x81;
const ONE_BYTE_MAX = 125;
const TWO_BYTES_FOLLOW = 126;
const EIGHT_BYTES_FOLLOW = 127;

/** A message of a server as its frame on the wire: unmasked, uncompressed, and so the same bytes for every reader. */
export function textFrame(...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([header(length), ...parts]);
}

function header(length: number): Buffer {
  if (length <= ONE_BYTE_MAX) return Buffer.from([WHOLE_TEXT, length]);
  if (length <= 0xffff) {
    const short = Buffer.from([WHOLE_TEXT, TWO_BYTES_FOLLOW, 0, 0]);
    short.writeUInt16BE(length, 2);
    return short;
  }
  const long = Buffer.alloc(10);
  long[0] = WHOLE_TEXT;
  long[1] = EIGHT_BYTES_FOLLOW;
  long.writeBigUInt64BE(BigInt(length), 2);
  return long;
}
