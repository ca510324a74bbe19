import { fieldText, parseDecimal, parseInstantMs } from './csv-fields.ts';

const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

/** What is wrong with a field of a row. */
export interface BadField {
  readonly field: string;
  readonly problem: string;
}

/** Walks over the lines and fields of a CSV file in place; nothing is copied until text is asked for. */
export class RowReader {
  /** From 1. */
  line = 0;
  /** Fields in this row. */
  count = 0;
  private at = 0;
  private readonly file: Uint8Array;
  /** Where the fields of this row are: the file, or the row with its quotes taken off. */
  private row: Uint8Array;
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  constructor(bytes: Uint8Array) {
    this.file = bytes;
    this.row = bytes;
  }

  /** Moves to the next line that is not blank; false at the end. */
  next(): boolean {
    while (this.at < this.file.length) {
      this.line++;
      const from = this.at;
      this.row = this.file;
      const quoted = this.split();
      if (quoted) this.unquote(from);
      if (this.count > 1 || this.ends[0] !== this.starts[0]) return true;
    }
    return false;
  }

  text(field: number): string {
    return fieldText(this.row, this.starts[field] ?? 0, this.ends[field] ?? 0);
  }

  number(field: number): number {
    return parseDecimal(this.row, this.starts[field] ?? 0, this.ends[field] ?? 0);
  }

  instantMs(field: number): number {
    return parseInstantMs(this.row, this.starts[field] ?? 0, this.ends[field] ?? 0);
  }

  /** Whether the field is this text, which has no other than ASCII characters; may say no to any other text. */
  equals(field: number, text: string): boolean {
    const from = this.starts[field] ?? 0;
    if ((this.ends[field] ?? 0) - from !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.row[from + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  bad(name: string, field: number, problem: string): BadField {
    return { field: name, problem: `${JSON.stringify(this.text(field))} ${problem}` };
  }

  /** Splits the line at `at` at its commas and moves past it; answers whether it holds a quote. */
  private split(): boolean {
    const { file, starts, ends } = this;
    const { length } = file;
    let at = this.at;
    let count = 0;
    let quoted = false;
    starts[0] = at;
    for (; at < length; at++) {
      const byte = file[at];
      if (byte === COMMA) {
        ends[count++] = at;
        starts[count] = at + 1;
      } else if (byte === NEWLINE) {
        break;
      } else if (byte === QUOTE) {
        quoted = true;
      }
    }
    ends[count++] = at > (starts[count - 1] ?? 0) && file[at - 1] === RETURN ? at - 1 : at;
    this.count = count;
    this.at = at + 1;
    return quoted;
  }

  /** Splits this line again, minding quotes: a comma inside them is text, and two of them are one. */
  private unquote(from: number): void {
    const end = this.ends[this.count - 1] ?? from;
    const row = new Uint8Array(end - from);
    let count = 0;
    let length = 0;
    let inside = false;
    this.starts[0] = 0;
    for (let at = from; at < end; at++) {
      const byte = this.file[at] ?? 0;
      if (byte === QUOTE) {
        if (inside && this.file[at + 1] === QUOTE && at + 1 < end) row[length++] = this.file[++at] ?? 0;
        else inside = !inside;
      } else if (byte === COMMA && !inside) {
        this.ends[count++] = length;
        this.starts[count] = length;
      } else {
        row[length++] = byte;
      }
    }
    this.ends[count++] = length;
    this.count = count;
    this.row = row;
  }
}
