/** One section of a WebAssembly binary. */
export interface WasmSection {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Reads unsigned LEB128 numbers one after another; throws a RangeError where the bytes end or a number is too long. */
export class WasmReader {
  at: number;
  private readonly bytes: Uint8Array;
  private readonly end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  byte(): number {
    const value = this.at < this.end ? this.bytes[this.at] : undefined;
    if (value === undefined) throw new RangeError('the file ends in the middle of a section');
    this.at += 1;
    return value;
  }

  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  }
}

const HEADER_BYTES = 8;

/** The sections of a binary in their order. Throws a RangeError for a damaged one. */
export function readSections(wasm: Uint8Array): readonly WasmSection[] {
  const sections: WasmSection[] = [];
  const reader = new WasmReader(wasm, HEADER_BYTES, wasm.length);
  while (reader.at < wasm.length) {
    const id = reader.byte();
    const length = reader.unsigned();
    const end = reader.at + length;
    if (end > wasm.length) throw new RangeError('a section reaches beyond the file');
    sections.push({ id, start: reader.at, end });
    reader.at = end;
  }
  return sections;
}

export interface MemoryLimits {
  readonly count: number;
  readonly shared: boolean;
  readonly wide: boolean;
  readonly pagesMin: number;
  readonly pagesMax: number | undefined;
}

const MEMORY_SECTION = 5;
const FUNCTION_SECTION = 3;
const START_SECTION = 8;

/** What the binary declares of its memory: the browser's API does not tell. */
export function readMemoryLimits(wasm: Uint8Array): MemoryLimits {
  const section = readSections(wasm).find((each) => each.id === MEMORY_SECTION);
  if (section === undefined) return { count: 0, shared: false, wide: false, pagesMin: 0, pagesMax: undefined };
  const reader = new WasmReader(wasm, section.start, section.end);
  const count = reader.unsigned();
  const flags = reader.byte();
  // Of wide memories and those of other page sizes the limits are numbers of another kind.
  if (flags > 3) return { count, shared: (flags & 2) !== 0, wide: true, pagesMin: 0, pagesMax: undefined };
  const pagesMin = reader.unsigned();
  const pagesMax = (flags & 1) === 0 ? undefined : reader.unsigned();
  return { count, shared: (flags & 2) !== 0, wide: false, pagesMin, pagesMax };
}

function countOf(wasm: Uint8Array, id: number): number {
  const section = readSections(wasm).find((each) => each.id === id);
  return section === undefined ? 0 : new WasmReader(wasm, section.start, section.end).unsigned();
}

export function countFunctions(wasm: Uint8Array): number {
  return countOf(wasm, FUNCTION_SECTION);
}

export function hasStartFunction(wasm: Uint8Array): boolean {
  return readSections(wasm).some((each) => each.id === START_SECTION);
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    const byte = left & 0x7f;
    left >>>= 7;
    bytes.push(left === 0 ? byte : byte | 0x80);
  } while (left !== 0);
  return bytes;
}

/** The binary with a custom section added at its end. */
export function withCustomSection(wasm: Uint8Array, name: string, content: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const title = encoder.encode(name);
  const body = encoder.encode(content);
  const titleLength = leb128(title.length);
  const head = [0, ...leb128(titleLength.length + title.length + body.length), ...titleLength];
  const result = new Uint8Array(wasm.length + head.length + title.length + body.length);
  result.set(wasm, 0);
  result.set(head, wasm.length);
  result.set(title, wasm.length + head.length);
  result.set(body, wasm.length + head.length + title.length);
  return result;
}
