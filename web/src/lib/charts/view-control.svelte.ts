import { clamped, including, panned, whole, zoomed } from './view.ts';
import type { View } from './view.ts';

/** Where the plot lies in its box, in pixels. */
export interface Room {
  readonly left: number;
  readonly width: number;
}

const STEP = 1.5;
/** Pixels of the wheel that make e times as many bars. */
const WHEEL = 250;
const WHEEL_MOST = 100;
/** A brush narrower than this share of the plot was a click. */
const BRUSH_LEAST = 0.01;

/** What of a chart is in view, and the keys, the wheel and the pointer that change it. */
export class ViewControl {
  readonly #count: () => number;
  readonly #room: () => Room;
  /** Absent while all is in view: what comes is then in view too. */
  #chosen = $state.raw<View>();
  #held: { readonly x: number; readonly view: View; readonly share: number; readonly brushes: boolean } | undefined;

  constructor(count: () => number, room: () => Room) {
    this.#count = count;
    this.#room = room;
  }

  readonly view = $derived.by(() => (this.#chosen ? clamped(this.#chosen, this.#count()) : whole(this.#count())));
  readonly isWhole = $derived.by(() => this.#chosen === undefined);

  #take(next: View): void {
    this.#chosen = next.bars >= this.#count() ? undefined : next;
  }

  /** `factor` times as many bars, around the share `at` of the width; the newest stays where nothing else is said. */
  zoom(factor: number, at = 1): void {
    this.#take(zoomed(this.view, factor, at, this.#count()));
  }

  pan(bars: number): void {
    this.#take(panned(this.view, bars, this.#count()));
  }

  showAll(): void {
    this.#chosen = undefined;
  }

  /** So many of the newest; all where there are not more. */
  showNewest(bars: number): void {
    this.#chosen = { bars, hidden: 0 };
  }

  /** The view goes along with the crosshair. */
  follow(index: number): void {
    if (this.#chosen) this.#take(including(this.view, index, this.#count()));
  }

  readonly onkeydown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      '+': () => this.zoom(1 / STEP),
      '=': () => this.zoom(1 / STEP),
      '-': () => this.zoom(STEP),
      '0': () => this.showAll(),
      PageUp: () => this.pan(this.view.bars * 0.8),
      PageDown: () => this.pan(this.view.bars * -0.8),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  /** The wheel belongs to the page, except sideways, with Ctrl or a pinch, and over a chart that has the focus. */
  readonly onwheel = (event: WheelEvent & { readonly currentTarget: HTMLElement }): void => {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!sideways && !event.ctrlKey && !event.metaKey && !event.currentTarget.matches(':focus')) return;
    event.preventDefault();
    if (sideways) this.pan((-event.deltaX / this.#room().width) * this.view.bars);
    else this.zoom(Math.exp(Math.max(-WHEEL_MOST, Math.min(WHEEL_MOST, event.deltaY)) / WHEEL), this.#shareOf(event));
  };

  readonly onpointerdown = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    if (event.button === 0) this.#held = { x: event.clientX, view: this.view, share: this.#shareOf(event), brushes: event.shiftKey };
  };

  readonly onpointermove = (event: PointerEvent): void => {
    const held = this.#held;
    if (!held || held.brushes || this.#chosen === undefined) return;
    if (event.buttons === 0) this.#held = undefined;
    else this.#take(panned(held.view, ((event.clientX - held.x) / this.#room().width) * held.view.bars, this.#count()));
  };

  /** With Shift, what was drawn over becomes the view. */
  readonly onpointerup = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const held = this.#held;
    this.#held = undefined;
    if (!held?.brushes) return;
    const share = this.#shareOf(event);
    const [low, high] = [Math.min(share, held.share), Math.max(share, held.share)];
    if (high - low < BRUSH_LEAST) return;
    const { bars, hidden } = held.view;
    this.#take(clamped({ bars: (high - low) * bars, hidden: hidden + (1 - high) * bars }, this.#count()));
  };

  #shareOf(event: MouseEvent & { readonly currentTarget: HTMLElement }): number {
    const { left, width } = this.#room();
    return Math.max(0, Math.min(1, (event.clientX - event.currentTarget.getBoundingClientRect().left - left) / width));
  }
}
