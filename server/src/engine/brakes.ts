import { brakeKey } from '../risk/brakes.ts';
import type { Brake, BrakeEffect, BrakeScope } from '../risk/brakes.ts';
import type { Verdict } from '../risk/breakers/verdict.ts';
import { change, closeAlert, emit, raise, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

const alertOf = (key: string): string => key.replaceAll(' ', '-');

const named = (scope: BrakeScope): string =>
  scope.kind === 'account' ? 'the account' : scope.kind === 'symbol' ? scope.symbol : scope.strategyId;

/** Put a brake on; the same one a second time says nothing new, a stricter one takes its place. */
export function putBrake(turn: Turn, brake: Omit<Brake, 'since'>): void {
  const key = brakeKey(brake);
  const known = turn.state.brakes.get(key);
  if (known !== undefined && (known.effect === brake.effect || known.effect === 'entries-off')) return;
  const put: Brake = { ...brake, since: turn.state.now };
  change(turn, { brakes: withEntry(turn.state.brakes, key, put) });
  emit(turn, { kind: 'BrakePut', brake: put });
  if (known !== undefined) closeAlert(turn, `${brake.code}-${alertOf(key)}`, 'engine');
  const title = `${brake.code}: ${brake.effect === 'half' ? 'half size' : 'entries off'} on ${named(brake.scope)}`;
  raise(turn, brake.code, alertOf(key), 'critical', title, brake.because);
}

/** Let a brake go, where there is one. */
export function liftBrake(turn: Turn, brake: Pick<Brake, 'code' | 'scope'>, by: string, reason: string): void {
  const key = brakeKey(brake);
  const known = turn.state.brakes.get(key);
  if (known === undefined) return;
  change(turn, { brakes: withoutEntry(turn.state.brakes, key) });
  emit(turn, { kind: 'BrakeLifted', brake: known, by, reason, at: turn.state.now });
  closeAlert(turn, `${brake.code}-${alertOf(key)}`, by);
}

/** What a verdict is as a brake; a pause is entries off until a person resumes. */
export const effectOf = ({ effect }: Verdict): BrakeEffect => (effect === 'half' ? 'half' : 'entries-off');
