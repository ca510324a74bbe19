import { describe, expect, test } from 'vitest';
import type { AlertPartsFragment, AlertSeverity } from '@tidemark/schema/documents';
import { newestSeq, noticesOf } from './notices.ts';
import type { Least } from './notices.ts';

const alert = (seq: number, severity: AlertSeverity, isSeen = false): AlertPartsFragment => ({
  id: `a${seq}`,
  severity,
  code: 'OrderDenied',
  title: `Title ${seq}`,
  detail: `<b>Detail</b> ${seq}`,
  raisedAt: '2024-03-04T17:00:00Z',
  acknowledgedAt: isSeen ? '2024-03-04T17:01:00Z' : null,
  acknowledgedBy: isSeen ? 'user:ada' : null,
  note: null,
  seq,
});

describe('what a browser tells of new alerts', () => {
  const three = [alert(7, 'CRITICAL'), alert(6, 'WARNING'), alert(5, 'INFO')];
  test.each<{
    readonly name: string;
    readonly alerts: readonly AlertPartsFragment[];
    readonly seen: number;
    readonly least: Least;
    readonly tags: readonly string[];
  }>([
    { name: 'nothing while it is off', alerts: three, seen: 0, least: 'off', tags: [] },
    { name: 'the critical ones alone', alerts: three, seen: 0, least: 'CRITICAL', tags: ['tidemark-a7'] },
    { name: 'warnings and worse, the oldest first', alerts: three, seen: 0, least: 'WARNING', tags: ['tidemark-a6', 'tidemark-a7'] },
    { name: 'all', alerts: three, seen: 0, least: 'INFO', tags: ['tidemark-a5', 'tidemark-a6', 'tidemark-a7'] },
    { name: 'none that was known before', alerts: three, seen: 6, least: 'INFO', tags: ['tidemark-a7'] },
    { name: 'none that somebody has seen', alerts: [alert(8, 'CRITICAL', true)], seen: 0, least: 'INFO', tags: [] },
    { name: 'many as one', alerts: [...three, alert(4, 'WARNING')], seen: 0, least: 'INFO', tags: ['tidemark-alerts'] },
  ])('$name', ({ alerts, seen, least, tags }) => {
    expect(noticesOf(alerts, seen, least, 'PAPER').map(({ tag }) => tag)).toEqual(tags);
  });

  test('the account and how grave it is stand first, and the text is the alert’s own', () => {
    expect(noticesOf([alert(7, 'CRITICAL')], 0, 'INFO', 'LIVE')).toEqual([
      { title: 'LIVE · Critical: Title 7', body: '<b>Detail</b> 7', tag: 'tidemark-a7' },
    ]);
    expect(noticesOf([...three, alert(4, 'WARNING')], 0, 'INFO', 'LIVE')).toMatchObject([
      { title: 'LIVE · 4 alerts', body: 'The gravest: Title 7' },
    ]);
  });

  test('the newest of none is before all', () => {
    expect([newestSeq([]), newestSeq(three)]).toEqual([0, 7]);
  });
});
