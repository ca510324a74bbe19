import { Table } from './table';

/** Every target that the strategy set, in order: bar, symbol, exposure, index of the reason. */
export const decisions: Table = new Table(4);
export const decisionReasons: string[] = [];

/** How many reasons are looked through for an equal one: authors write literals, so that the first few are nearly always enough. */
const REMEMBERED: i32 = 16;

function reasonIndex(reason: string): i32 {
  const known = min(REMEMBERED, decisionReasons.length);
  for (let i = 0; i < known; i++) {
    if (changetype<usize>(unchecked(decisionReasons[i])) == changetype<usize>(reason)) return i;
  }
  return decisionReasons.push(reason) - 1;
}

export function recordDecision(bar: i32, symbol: i32, exposure: f64, reason: string): void {
  const row = decisions.push();
  store<f64>(row, f64(bar));
  store<f64>(row + 8, f64(symbol));
  store<f64>(row + 16, exposure);
  store<f64>(row + 24, f64(reasonIndex(reason)));
}
