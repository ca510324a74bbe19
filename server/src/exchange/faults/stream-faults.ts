import type { FaultBoard } from './board.ts';

const REMEMBERED = 1000;

/** What a stream can do to one of its clients. */
export interface Line {
  /** Sends an event as it is, or in the other kind of frame. */
  send(event: object, flipped: boolean): void;
  /** The single byte of old. */
  beat(): void;
  /** An internal error, and the end. */
  fail(): void;
}

/** What one client has been sent, and what is kept back from it. */
export interface LineState {
  readonly sent: object[];
  readonly held: object[];
  /** How many events are collected before they are let go. */
  window: number;
  flush: NodeJS.Timeout | undefined;
}

export const newLineState = (): LineState => ({ sent: [], held: [], window: 1, flush: undefined });

const STRANGE = { event: 'an_event_of_tomorrow' } as const;

/** The faults of the account's stream, on the way of one event to one client. */
export class StreamFaults {
  readonly #board: FaultBoard;

  constructor(board: FaultBoard) {
    this.#board = board;
  }

  get board(): FaultBoard {
    return this.#board;
  }

  /** Passes an event on: not at all, twice, later, out of order, or in a strange form. */
  pass(line: Line, state: LineState, event: object, strange: (kind: object) => object): void {
    const board = this.#board;
    if (board.fires('mute-stream') !== undefined || board.fires('drop-events') !== undefined) return;
    if (board.fires('error-then-close') !== undefined) return line.fail();
    if (board.fires('heartbeat') !== undefined) line.beat();
    if (board.fires('unknown-event') !== undefined) line.send(strange(STRANGE), false);
    if (state.held.length > 0) return this.#hold(line, state, event, 0);
    const reordered = board.fires('reorder-events');
    if (reordered !== undefined) {
      state.window = reordered.spec.window;
      return this.#hold(line, state, event, reordered.spec.ms);
    }
    const late = board.fires('delay-events');
    if (late !== undefined) return void setTimeout(() => this.#send(line, state, event), late.spec.ms);
    this.#send(line, state, event);
  }

  /** Sends the newest events again. */
  replay(line: Line, state: LineState, count: number): void {
    for (const event of state.sent.slice(-count)) line.send(event, false);
  }

  #hold(line: Line, state: LineState, event: object, ms: number): void {
    state.held.push(event);
    if (state.held.length >= state.window) return this.#release(line, state);
    state.flush ??= setTimeout(() => this.#release(line, state), ms);
  }

  #release(line: Line, state: LineState): void {
    clearTimeout(state.flush);
    state.flush = undefined;
    for (const event of state.held.splice(0).toReversed()) this.#send(line, state, event);
  }

  #send(line: Line, state: LineState, event: object): void {
    const board = this.#board;
    const times = board.fires('triple-events') !== undefined ? 3 : board.fires('duplicate-events') !== undefined ? 2 : 1;
    for (let time = 0; time < times; time++) line.send(event, board.fires('flip-frames') !== undefined);
    const again = board.fires('replay-events');
    if (again !== undefined) this.replay(line, state, again.spec.window);
    state.sent.push(event);
    if (state.sent.length > REMEMBERED) state.sent.splice(0, state.sent.length - REMEMBERED);
  }
}
