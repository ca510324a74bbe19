import type { Plant } from './plant.ts';

/** Bugs in what people let go. */
export const PEOPLE_PLANTS: readonly Plant[] = [
  {
    name: 'recommendation-released-twice',
    what: 'a recommendation that was decided can be approved again, and sends its order once more',
    edits: [
      {
        file: 'recommendations/recommendation.ts',
        find: 'if (recommendation === undefined || !isWaiting(recommendation))',
        replace: 'if (recommendation === undefined)',
      },
      {
        file: 'engine/releasing.ts',
        find: 'const order = submitApproved(turn, intent);',
        replace: 'const order = submitApproved(turn, turn.state.orders.has(intent.id) ? { ...intent, id: `${intent.id}-again` } : intent);',
      },
    ],
  },
  {
    name: 'approval-skips-the-gate',
    what: 'what a person approved is let through whatever the limits and the account say',
    edits: [
      {
        file: 'engine/intents.ts',
        find: 'return sendJudged(turn, judge(turn, wanted));',
        replace:
          "return sendJudged(turn, judge({ ...turn, state: { ...turn.state, limits: { ...turn.state.limits, unchecked: true }, tradingState: 'ACTIVE', reconciled: true, brokerConnected: true } }, wanted));",
      },
    ],
  },
  {
    name: 'recommended-and-sent',
    what: 'an order that waits for a person is sent as well',
    edits: [
      {
        file: 'engine/intents.ts',
        find: 'if (slot === undefined) sendJudged(turn, judged);',
        replace: "if (slot === undefined || modeOf(slot) === 'recommend') sendJudged(turn, judged);",
      },
    ],
  },
];
