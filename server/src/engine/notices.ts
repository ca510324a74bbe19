import type { EventOf } from './events.ts';
import { closeAlert, raise } from './turn.ts';
import type { Turn } from './turn.ts';

/** What an adapter noticed becomes an alert, once, or closes the one whose cause is gone. */
export function noticeGiven(turn: Turn, { notice, part = 'broker' }: EventOf<'NoticeGiven'>): void {
  const { code, subject, severity, title, detail, over } = notice;
  if (over === true) closeAlert(turn, `${code}-${subject}`, part);
  else raise(turn, code, subject, severity, title, detail);
}
