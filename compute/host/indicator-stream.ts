import { INPUTS, NUMBER_BYTES, columnLength, create, writeTable } from './indicator-memory.ts';
import type { Found, IndicatorOutput, PriceColumns } from './indicator-memory.ts';
import type { IndicatorModule } from './load.ts';
import type { SliceBar } from './types.ts';

/** An indicator that follows a market bar by bar. Each has an instance of the module of its own. */
export interface IndicatorStream {
  /** Index of the bar that gives the first values. */
  readonly warmUp: number;
  /** One number an output, in the order of the description; not-a-number before `warmUp`. */
  next(bar: SliceBar): number[];
  /** The same for many bars at once, to the bit: history first, then what is live. */
  run(bars: PriceColumns): IndicatorOutput[];
  /** Forgets all bars. */
  reset(): void;
}

/** `values` are checked parameters; `module` is for this stream alone. */
export function openStream(module: IndicatorModule, { index, spec }: Found, values: readonly number[]): IndicatorStream {
  const cells = INPUTS.length + spec.outputs.length;
  const fresh = (): { indicator: number; room: Room } => {
    module.begin(0);
    return { indicator: create(module, index, values), room: openRoom(module, cells, 1) };
  };
  let { indicator, room } = fresh();
  return {
    warmUp: module.warmUp(indicator),
    reset: () => {
      ({ indicator, room } = fresh());
    },
    next: (bar) => {
      const view = viewOf(module, room, 0, cells * room.capacity);
      INPUTS.forEach((input, i) => (view[i * room.capacity] = bar[input]));
      module.run(indicator, room.table, 1);
      // A new view: the first batch of an indicator may have taken more memory.
      const after = viewOf(module, room, 0, cells * room.capacity);
      return spec.outputs.map((_, k) => after[(INPUTS.length + k) * room.capacity] ?? NaN);
    },
    run: (bars) => {
      const length = columnLength(bars, INPUTS);
      if (length > room.capacity) room = openRoom(module, cells, length);
      INPUTS.forEach((input, i) => viewOf(module, room, i, length).set(bars[input]));
      module.run(indicator, room.table, length);
      return spec.outputs.map((name, k) => ({ name, values: viewOf(module, room, INPUTS.length + k, length).slice() }));
    },
  };
}

/** Where bars go in and values come out: a column for each, `capacity` long, and the table of their places. */
interface Room {
  readonly start: number;
  readonly table: number;
  readonly capacity: number;
}

function openRoom(module: IndicatorModule, cells: number, capacity: number): Room {
  const start = module.allocate(cells * capacity * NUMBER_BYTES);
  const pointers = Array.from({ length: cells }, (_, i) => start + i * capacity * NUMBER_BYTES);
  return { start, capacity, table: writeTable(module, pointers) };
}

/** Made anew each time, because a module that takes more memory detaches all views. */
function viewOf(module: IndicatorModule, room: Room, column: number, length: number): Float64Array {
  return new Float64Array(module.memory.buffer, room.start + column * room.capacity * NUMBER_BYTES, length);
}
