import type { Plant } from './plant.ts';

/** Bugs in what people let go. */
export const PEOPLE_PLANTS: readonly Plant[] = [
  {
    name: 'pause-forgets-strategies',
    what: 'what a person has paused holds for people’s orders alone',
    edits: [
      {
        file: 'risk/controls/paused.ts',
        find: 'if (!isEntry) return [];',
        replace: "if (!isEntry || intent.origin.kind === 'strategy') return [];",
      },
    ],
  },
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
    name: 'agents-hour-forgotten',
    what: 'each order of an agent is measured alone, so that one in pieces needs one person however large it is together',
    edits: [
      {
        file: 'engine/agent-proposals.ts',
        find: 'return (lately(state, proposal.owner) + notional) * UNITS_PER_ONE',
        replace: 'return notional * UNITS_PER_ONE',
      },
    ],
  },
  {
    name: 'approval-by-an-old-policy',
    what: 'an approval of an agent’s order counts whatever the risk policy was that the person was shown',
    edits: [
      {
        file: 'recommendations/agent-decision.ts',
        find: 'if (shown.policyVersion !== version)',
        replace: "if (shown.policyVersion === '')",
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
