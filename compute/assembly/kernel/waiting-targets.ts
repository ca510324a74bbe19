import { WORKING, emptyRoom, recordOf } from '../sdk/slice';
import { AMOUNT, MEASURE, STOP_LOSS, TAKE_PROFIT } from '../sdk/wishes';
import { NOT_CHARGED } from './costs';
import { unitsAtSignal } from './sizing';

/** One waiting target a symbol: a later one replaces it. It is traded towards (`targets.ts`) until it is reached, refused, or replaced. */
const TARGET_MEASURE: usize = 0;
export const TARGET_AMOUNT: usize = 8;
/** Units wished for, not negative; not-a-number where they are only known at the fill. */
export const WISHED: usize = 16;
export const WAITING: usize = 24;
export const TARGET_STOP_LOSS: usize = 32;
export const TARGET_TAKE_PROFIT: usize = 40;
/** What the parts so far that closed or opened were charged: each side is an order. */
export const CLOSING: usize = 48;
export const OPENING: usize = 56;
/** 1 for an exit that the kernel itself has placed: a strategy can put a target in its place, and not cancel it. That of a margin call is neither replaced. */
const IS_FORCED: usize = 64;
const MARGIN_CALLED: f64 = 2;
const TARGET_BYTES: usize = 72;

let pending: usize = 0;
export let waiting: i32 = 0;

export function openTargets(symbols: i32): void {
  pending = emptyRoom(pending, usize(symbols) * TARGET_BYTES);
  waiting = 0;
}

@inline
export function targetOf(symbol: i32): usize {
  return pending + usize(symbol) * TARGET_BYTES;
}

/** Keeps count of those that wait, for the run and for what the strategy sees of its symbol. */
export function setWaiting(symbol: i32, isWaiting: bool): void {
  const target = targetOf(symbol);
  const change = i32(isWaiting) - i32(load<f64>(target + WAITING) != 0);
  if (change == 0) return;
  store<f64>(target + WAITING, f64(isWaiting));
  const record = recordOf(symbol);
  store<f64>(record + WORKING, load<f64>(record + WORKING) + f64(change));
  waiting += change;
}

/** Keep a target until it is reached; the exit of a margin call goes before it. Sizes that depend on the signal are fixed here. `wish` is a row of the strategy's wishes. */
export function placeTarget(symbol: i32, wish: usize): void {
  const measure = i32(load<f64>(wish + MEASURE));
  const amount = load<f64>(wish + AMOUNT);
  const target = targetOf(symbol);
  if (load<f64>(target + WAITING) != 0 && load<f64>(target + IS_FORCED) == MARGIN_CALLED) return;
  store<f64>(target + TARGET_MEASURE, f64(measure));
  store<f64>(target + TARGET_AMOUNT, amount);
  store<f64>(target + WISHED, unitsAtSignal(symbol, measure, amount));
  store<f64>(target + TARGET_STOP_LOSS, load<f64>(wish + STOP_LOSS));
  store<f64>(target + TARGET_TAKE_PROFIT, load<f64>(wish + TAKE_PROFIT));
  store<f64>(target + CLOSING, NOT_CHARGED);
  store<f64>(target + OPENING, NOT_CHARGED);
  store<f64>(target + IS_FORCED, 0);
  setWaiting(symbol, true);
}

/** A target to be flat, from the kernel itself: a protective order that filled in part only and was charged for it. */
export function placeExit(symbol: i32, before: f64 = NOT_CHARGED): void {
  const target = targetOf(symbol);
  store<f64>(target + TARGET_AMOUNT, 0);
  store<f64>(target + WISHED, 0);
  store<f64>(target + TARGET_STOP_LOSS, NaN);
  store<f64>(target + TARGET_TAKE_PROFIT, NaN);
  store<f64>(target + CLOSING, before);
  const isCalled = load<f64>(target + WAITING) != 0 && load<f64>(target + IS_FORCED) == MARGIN_CALLED;
  store<f64>(target + IS_FORCED, isCalled ? MARGIN_CALLED : 1);
  setWaiting(symbol, true);
}

/** As `placeExit`, and nothing that the strategy wishes for replaces or cancels it: a margin call. */
export function forceExit(symbol: i32): void {
  placeExit(symbol);
  store<f64>(targetOf(symbol) + IS_FORCED, MARGIN_CALLED);
}

export function cancelTarget(symbol: i32): void {
  if (load<f64>(targetOf(symbol) + IS_FORCED) == 0) setWaiting(symbol, false);
}

/** A split changes what units are: `ratio` new ones for each old one. */
export function splitTarget(symbol: i32, ratio: f64): void {
  const target = targetOf(symbol);
  store<f64>(target + WISHED, load<f64>(target + WISHED) * ratio);
  store<f64>(target + TARGET_STOP_LOSS, load<f64>(target + TARGET_STOP_LOSS) / ratio);
  store<f64>(target + TARGET_TAKE_PROFIT, load<f64>(target + TARGET_TAKE_PROFIT) / ratio);
}
