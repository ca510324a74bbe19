import { describe, expect, test } from 'vitest';
import { ORDER_STATES, TERMINAL_STATES } from './order.ts';
import { BROKER_EVENT_NAMES, brokerEventName, eventOfStatus, TRANSITIONS } from './transitions.ts';

describe('transitions of an order', () => {
  test('every state has an answer to every word', () => {
    for (const state of ORDER_STATES) expect(Object.keys(TRANSITIONS[state]).sort()).toEqual([...BROKER_EVENT_NAMES].sort());
  });

  test.each([...TERMINAL_STATES])('%s is left by no word', (state) => {
    for (const word of BROKER_EVENT_NAMES) expect(['ignore', 'alert']).toContain(TRANSITIONS[state][word]);
  });

  test('only words of the end lead to an end, and each to its own', () => {
    const ends = { fill: 'filled', canceled: 'canceled', expired: 'expired', replaced: 'replaced', rejected: 'rejected' };
    for (const state of ORDER_STATES) {
      for (const word of BROKER_EVENT_NAMES) {
        const next = TRANSITIONS[state][word];
        if (next === 'ignore' || next === 'alert' || !TERMINAL_STATES.has(next)) continue;
        expect(next).toBe(ends[word as keyof typeof ends]);
      }
    }
  });

  test.each([
    { state: 'approved', word: 'new', next: 'working' },
    { state: 'unknown', word: 'accepted', next: 'accepted' },
    { state: 'unknown', word: 'rejected', next: 'rejected' },
    { state: 'accepted', word: 'pending_new', next: 'ignore' },
    { state: 'working', word: 'accepted', next: 'ignore' },
    { state: 'working', word: 'pending_cancel', next: 'pending_cancel' },
    { state: 'pending_cancel', word: 'new', next: 'ignore' },
    { state: 'pending_cancel', word: 'partial_fill', next: 'ignore' },
    { state: 'pending_cancel', word: 'fill', next: 'filled' },
    { state: 'pending_cancel', word: 'order_cancel_rejected', next: 'working' },
    { state: 'pending_replace', word: 'order_replace_rejected', next: 'working' },
    { state: 'filled', word: 'new', next: 'ignore' },
    { state: 'filled', word: 'canceled', next: 'alert' },
    { state: 'canceled', word: 'fill', next: 'alert' },
    { state: 'denied', word: 'new', next: 'alert' },
    { state: 'working', word: '(other)', next: 'alert' },
  ] as const)('$state, and the broker says $word: $next', ({ state, word, next }) => expect(TRANSITIONS[state][word]).toBe(next));

  test.each([
    ['partially_filled', 'partial_fill'],
    ['filled', 'fill'],
    ['new', 'new'],
    ['accepted', 'accepted'],
    ['teleported', '(other)'],
  ])('the status %s reads as %s', (status, word) => expect(eventOfStatus(status)).toBe(word));

  test('an unknown word is kept apart', () => expect(brokerEventName('constructor')).toBe('(other)'));
});
