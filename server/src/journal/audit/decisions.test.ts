import { describe, expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import type { JournalEntry } from '../journal.ts';
import { decisionAuditor } from './decisions.ts';

const AT = instantFromMs(1_700_000_000_000);

const order = (id: string, intent: object, decision: object, state: string) => ({
  kind: 'OrderChanged',
  order: { id, intent, state, filledQuantity: 0n, decision: { fieldsHash: 'f', ...decision } },
});
const changed = (decisionId: string, verdict: 'approved' | 'denied', state: string = verdict) =>
  order('o1', {}, { id: decisionId, intentId: 'o1', verdict }, state);
const sent = (decisionId: string, kind: 'SubmitOrder' | 'ReplaceOrder' = 'SubmitOrder') => ({
  kind,
  orderId: 'o1',
  decisionId,
  fieldsHash: 'f',
});
/** An exit of o1, by this decision. */
const leg = (id: string, intentId: string, replaces?: string) =>
  order(
    id,
    { leg: { parentId: 'o1', role: 'stop_loss' }, ...(replaces === undefined ? {} : { replaces }) },
    { id: `on ${intentId}`, intentId, verdict: 'approved' },
    'approved',
  );

const entriesOf = (payloads: readonly { readonly kind: string }[]): readonly JournalEntry[] =>
  payloads.map((payload, index) => ({
    seq: index + 1,
    type: payload.kind === 'OrderChanged' ? 'fact' : 'action',
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
    { name: 'an exit is approved with the order that it came with', payloads: [leg('o1-sl', 'o1')], problems: [] },
    {
      name: 'an exit by itself',
      payloads: [leg('o1-sl', 'o1-sl')],
      problems: ['order o1-sl carries a decision on o1-sl'],
    },
    { name: 'what takes an exit’s place is approved by itself', payloads: [leg('r1', 'r1', 'o1-sl')], problems: [] },
    {
      name: 'what takes an exit’s place under the approval of the whole',
      payloads: [leg('r1', 'o1', 'o1-sl')],
      problems: ['order r1 carries a decision on o1'],
    },
    {
      name: 'sent in another’s place without an approval',
      payloads: [changed('d1', 'denied'), sent('d1', 'ReplaceOrder')],
      problems: ['order o1 was to be sent, though the gate had denied it'],
    },
  ])('$name', ({ payloads, problems }) => {
    const auditor = decisionAuditor();
    void auditor.take(entriesOf(payloads));
    expect(auditor.finish().problems.map(({ problem }) => problem)).toEqual(problems);
  });
});
