import { tripBreakers } from '../risk/breakers.ts';
import type { EquityPoint } from './effects.ts';
import { closeGate } from './close-gate.ts';
import { change, raise, setTradingState } from './turn.ts';
import type { Turn } from './turn.ts';

/** Let the breakers look at newly marked figures. They only move the state to the right; the kill stage cancels every open order as well. */
export function checkBreakers(turn: Turn, point: EquityPoint): void {
  const trip = tripBreakers(point, turn.state.limits, turn.state.tradingState);
  if (trip === undefined) return;
  const title = trip.kill ? `Kill switch by ${trip.code}` : `${trip.code}: trading is ${trip.to}`;
  setTradingState(turn, trip.to, `${trip.code}: ${trip.message}`, 'engine', turn.state.now);
  raise(turn, trip.code, `${trip.to}-${turn.state.now}`, 'critical', title, trip.message);
  if (!trip.kill) return;
  change(turn, { flattening: undefined });
  closeGate(turn);
}
