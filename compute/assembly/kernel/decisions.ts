import { AMOUNT, KIND, LIMIT, MEASURE, ORDER_ID, STOP, STOP_LOSS, SYMBOL, TAKE_PROFIT, TRAIL, TRAIL_FRACTION } from '../sdk/wishes';
import { Table } from './table';

/**
 * Everything that the strategy wished for, in order: bar, symbol, index of the reason, then kind, measure, amount, limit, stop, distance of a trailing
 * stop in money and as a fraction, stop loss, take profit, the order's number.
 */
export const DECISION_FIELDS: i32 = 13;
export const decisions: Table = new Table(DECISION_FIELDS);
export let decisionReasons: string[] = [];
/** Sweeps keep no record. */
let isRecording: bool = true;

/** How many reasons are looked through for an equal one: authors write literals, so that the first few are nearly always enough. */
const REMEMBERED: i32 = 16;

function reasonIndex(reason: string): i32 {
  const known = min(REMEMBERED, decisionReasons.length);
  for (let i = 0; i < known; i++) {
    if (changetype<usize>(unchecked(decisionReasons[i])) == changetype<usize>(reason)) return i;
  }
  return decisionReasons.push(reason) - 1;
}

export function openDecisions(): void {
  decisions.clear();
  decisionReasons = [];
}

export function recordDecisions(wanted: bool): void {
  isRecording = wanted;
}

export function recordDecision(bar: i32, wish: usize, reason: string): void {
  if (!isRecording) return;
  const row = decisions.push();
  store<f64>(row, f64(bar));
  store<f64>(row + 8, load<f64>(wish + SYMBOL));
  store<f64>(row + 16, f64(reasonIndex(reason)));
  store<f64>(row + 24, load<f64>(wish + KIND));
  store<f64>(row + 32, load<f64>(wish + MEASURE));
  store<f64>(row + 40, load<f64>(wish + AMOUNT));
  store<f64>(row + 48, load<f64>(wish + LIMIT));
  store<f64>(row + 56, load<f64>(wish + STOP));
  store<f64>(row + 64, load<f64>(wish + TRAIL));
  store<f64>(row + 72, load<f64>(wish + TRAIL_FRACTION));
  store<f64>(row + 80, load<f64>(wish + STOP_LOSS));
  store<f64>(row + 88, load<f64>(wish + TAKE_PROFIT));
  store<f64>(row + 96, load<f64>(wish + ORDER_ID));
}
