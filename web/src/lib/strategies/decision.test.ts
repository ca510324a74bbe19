import { expect, test } from 'vitest';
import { decisionText } from './decision.ts';

test.each([
  {
    name: 'a target with its reason',
    payload: { decision: { targets: [{ symbol: 'SPY', exposure: 1, reason: 'fast above slow' }] } },
    text: 'SPY to 100\u00a0%: fast above slow',
  },
  { name: 'a short', payload: { targets: [{ symbol: 'IBM', exposure: -0.5, reason: '' }] }, text: 'IBM to −50\u00a0%' },
  { name: 'nothing to do', payload: { decision: { targets: [] } }, text: 'no change' },
  { name: 'something else', payload: { other: 1 }, text: '{"other":1}' },
])('$name', ({ payload, text }) => expect(decisionText(JSON.stringify(payload))).toBe(text));

test('text that is no JSON is shown as it is', () => expect(decisionText('so be it')).toBe('so be it'));
