import { policyNow } from '../engine/agent-proposals.ts';
import type { EngineEvent, KillAction } from '../engine/events.ts';
import { price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { isWaiting } from '../recommendations/recommendation.ts';
import type { Recommendation, Shown } from '../recommendations/recommendation.ts';
import type { Act } from './day.ts';
import type { World } from './world.ts';

type AgentAct = Extract<Act, { kind: 'propose' | 'let-go' | 'policy' }>;
type Say = (at: EngineEvent['at']) => EngineEvent | undefined;

const HOUR_MS = 3_600_000;
const OWNER = 'sim';

/** Two agents of one owner: what they want counts together. */
function propose(world: World, { agent, id, symbol, shares, times, minutes }: Extract<Act, { kind: 'propose' }>): readonly Say[] {
  const cents = world.venue.prices.get(symbol) ?? 5_000;
  const by = `agent:${agent}`;
  const limitPrice = price((Math.max(1, Math.round(cents * 1.01)) / 100).toFixed(2));
  return Array.from({ length: times }, (_, index) => (at: EngineEvent['at']): EngineEvent => {
    const intent = {
      id: `${id}-${index}`,
      symbol,
      side: 'buy',
      quantity: quantity(String(shares + index)),
      type: 'limit',
      timeInForce: 'day',
      limitPrice,
      reduceOnly: false,
      origin: { kind: 'ticket', principal: by },
      reason: 'proposed by an agent',
      createdAt: at,
    } as const;
    const texts = { explanation: 'drill', sources: [id], waitMs: minutes * 60_000 };
    return { kind: 'OrderProposed', at, by, person: OWNER, intent, ...texts };
  });
}

const PEOPLE = {
  sim: { by: 'user:sim', person: 'sim', role: 'trader' },
  olga: { by: 'user:olga', person: 'olga', role: 'risk_officer' },
} as const;

function shownTo(recommendation: Recommendation, world: World, attack: Extract<Act, { kind: 'let-go' }>['attack']): Shown | undefined {
  const state = world.lives.current()?.session.state();
  if (state === undefined || recommendation.proposal === undefined) return undefined;
  const { hash } = recommendation.proposal;
  const { version } = policyNow(state, recommendation, recommendation.intent.quantity);
  return {
    hash: attack === 'hash' ? hash.replace(/^./, 'x') : hash,
    policyVersion: attack === 'policy' ? version.replace(/^./, 'x') : version,
  };
}

/** What waits, or waited, is approved: rightly, or in a way that must not count. */
function letGo(world: World, { which, who, attack, clicks }: Extract<Act, { kind: 'let-go' }>): readonly Say[] {
  const all = [...(world.lives.current()?.session.state().recommendations.values() ?? [])];
  const known = all.filter(({ proposal }) => proposal !== undefined);
  const waiting = known.filter(isWaiting);
  const looked = waiting.length > 0 ? waiting : known;
  const asked = looked[Math.floor(which * looked.length)];
  const shown = asked === undefined ? undefined : shownTo(asked, world, attack);
  if (asked === undefined || shown === undefined) return [];
  const person = PEOPLE[who];
  return Array.from({ length: clicks }, () => (at: EngineEvent['at']): EngineEvent => {
    const confirmedAt = attack === 'old' ? instantFromMs(at - HOUR_MS) : at;
    const by = attack === 'key' ? (asked.proposal?.by ?? person.by) : person.by;
    const verdict = { kind: 'approve', shown } as const;
    return { kind: 'RecommendationDecided', at, recommendationId: asked.id, verdict, ...person, by, confirmedAt, decidedAt: at };
  });
}

/** An agent asks for the other one of what a person has just done by the kill switch. */
export const contradiction = (at: EngineEvent['at'], done: KillAction): EngineEvent => ({
  kind: 'KillSwitchEngaged',
  at,
  by: 'agent:one',
  action: done === 'freeze' ? 'flatten' : 'freeze',
  reason: 'drill',
  program: true,
});

/** What agents and the people who look at their orders say on such a day. */
export function agentEvents(world: World, act: AgentAct): readonly Say[] {
  if (act.kind === 'propose') return propose(world, act);
  if (act.kind === 'let-go') return letGo(world, act);
  return [(at) => ({ kind: 'LimitSet', at, by: 'user:sim', name: 'orderRateAgentMinuteMax', value: act.value, reason: 'drill' })];
}
