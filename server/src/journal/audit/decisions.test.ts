import { describe, expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import type { JournalEntry } from '../journal.ts';
import { decisionAuditor } from './decisions.ts';

const AT = instantFromMs(1_700_000_000_000);

const changed = (decisionId: string, verdict: 'approved' | 'denied', state: string = verdict) => ({
  kind: 'OrderChanged',
  order: { id: 'o1', state, filledQuantity: 0n, decision: { id: decisionId, intentId: 'o1', verdict, fieldsHash: 'f' } },
});
const sent = (decisionId: string) => ({ kind: 'SubmitOrder', orderId: 'o1', decisionId, fieldsHash: 'f' });

const entriesOf = (payloads: readonly { readonly kind: string }[]): readonly JournalEntry[] =>
  payloads.map((payload, index) => ({
    seq: index + 1,
    type: payload.kind === 'SubmitOrder' ? 'action' : 'fact',
    kind: payload.kind,
    at: AT,
    actor: 'engine',
    cause: undefined,
    writtenAtMs: AT,
    hash: '',
    previousHash: '',
    payload,
  }));

describe('the gate’s decisions on one order', () => {
  test.each<{ name: string; payloads: readonly { readonly kind: string }[]; problems: readonly string[] }>([
    {
      name: 'one that waited is decided on anew before it leaves',
      payloads: [changed('d1', 'approved'), changed('d2', 'approved'), sent('d2'), changed('d2', 'approved', 'working')],
      problems: [],
    },
    { name: 'one that waited is denied after all', payloads: [changed('d1', 'approved'), changed('d2', 'denied')], problems: [] },
    {
      name: 'another decision after it was sent',
      payloads: [changed('d1', 'approved'), sent('d1'), changed('d2', 'approved', 'working')],
      problems: ['the decision on order o1 is another than it was'],
    },
    {
      name: 'an approval after a denial',
      payloads: [changed('d1', 'denied'), changed('d2', 'approved')],
      problems: ['the decision on order o1 is another than it was'],
    },
    {
      name: 'sent by the decision of before',
      payloads: [changed('d1', 'approved'), changed('d2', 'approved'), sent('d1')],
      problems: ['order o1 was to be sent by decision d1, and has d2'],
    },
  ])('$name', ({ payloads, problems }) => {
    const auditor = decisionAuditor();
    void auditor.take(entriesOf(payloads));
    expect(auditor.finish().problems.map(({ problem }) => problem)).toEqual(problems);
  });
});
