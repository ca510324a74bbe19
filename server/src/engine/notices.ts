import type { EventOf } from './events.ts';
import { change, closeAlert, raise } from './turn.ts';
import type { Turn } from './turn.ts';

/** What an adapter noticed becomes an alert, once, or closes the one whose cause is gone. */
export function noticeGiven(turn: Turn, { notice }: EventOf<'NoticeGiven'>): void {
  const { code, subject, severity, title, detail, over } = notice;
  if (over === true) closeAlert(turn, `${code}-${subject}`, 'broker');
  else raise(turn, code, subject, severity, title, detail);
}

/** Beyond this, times of quotes and of sessions mean something else here than at the broker. */
const SKEW_MS_MAX = 1_000;

export function clockCompared(turn: Turn, { skewMs, at }: EventOf<'ClockCompared'>): void {
  change(turn, { clockSkewMs: skewMs, clockComparedAt: at });
  if (Math.abs(skewMs) <= SKEW_MS_MAX) return closeAlert(turn, 'ClockSkew-broker', 'broker');
  const detail = `The broker's clock is ${Math.abs(skewMs)} ms ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's: synchronise it.`;
  raise(turn, 'ClockSkew', 'broker', 'critical', 'The clocks differ', detail);
}
