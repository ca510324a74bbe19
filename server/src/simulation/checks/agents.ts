import type { EventOf } from '../../engine/events.ts';
import type { Order } from '../../orders/order.ts';
import { policyVersion } from '../../recommendations/policy-version.ts';
import type { Recommendation } from '../../recommendations/recommendation.ts';
import { Violated } from '../watch.ts';
import type { Check, Stepped } from '../watch.ts';

const HOUR_MS = 3_600_000;
const FRESH_MS = 900_000;
/** A ratio of one in fixed point. */
const ONE = 1_000_000_000n;

interface Gone {
  readonly owner: string;
  readonly at: number;
  readonly notional: bigint;
}

const agentOf = ({ intent: { origin } }: Order): string | undefined =>
  origin.kind === 'ticket' && origin.principal.startsWith('agent:') ? origin.principal : undefined;

/** An approval as it must be: by a person at the keyboard, over what was proposed and the policy in force. */
function judgeApproval(event: EventOf<'RecommendationDecided'>, asked: Recommendation, { before }: Stepped): void {
  const fail = (what: string): never => {
    throw new Violated('I29', `${asked.id} of an agent was let go ${what}`);
  };
  const { verdict, by, person, confirmedAt, decidedAt } = event;
  if (verdict.kind === 'reject') return fail('by a no');
  if (by !== `user:${person}`) fail(`by ${by}, which is no person`);
  if (confirmedAt === undefined || decidedAt - confirmedAt > FRESH_MS) fail('without a fresh log-in');
  if (verdict.shown?.hash !== asked.proposal?.hash) fail('over another content');
  if (verdict.shown?.policyVersion !== policyVersion(before, asked.proposal?.by ?? '')) fail('by another risk policy');
}

/** Whether what this owner's agents have been let open within the hour is more than one person may let go. */
function isBeyond(gone: readonly Gone[], owner: string, { before, after }: Stepped): boolean {
  const sum = gone
    .filter((one) => one.owner === owner && after.now - one.at < HOUR_MS)
    .reduce((total, { notional }) => total + notional, 0n);
  return sum * ONE > (before.equity?.equity ?? 0n) * before.limits.agentApprovalNotionalRatioMax;
}

/** I29, I30: no order of an agent without a person's approval of exactly it; two people beyond what one may let go in an hour. */
export function agentsCheck(): Check {
  const waiting = new Map<string, Recommendation>();
  const approvers = new Map<string, Set<string>>();
  const letGo = new Set<string>();
  let gone: Gone[] = [];
  const ended = (one: Recommendation, step: Stepped): void => {
    const { event, after } = step;
    const asked = waiting.get(one.id);
    if (asked === undefined || event.kind !== 'RecommendationDecided' || event.recommendationId !== one.id)
      throw new Violated('I29', `${one.id} of an agent was let go, and nobody said so in this step`);
    judgeApproval(event, asked, step);
    if (after.now >= asked.expiresAt) throw new Violated('I29', `${one.id} was let go after it had expired`);
    const owner = asked.proposal?.owner ?? '';
    const notional = one.decision?.notional ?? 0n;
    gone = [...gone, { owner, at: after.now, notional }];
    const people = new Set(approvers.get(one.id)).add(event.person);
    if (notional > 0n && isBeyond(gone, owner, step) && people.size < 2)
      throw new Violated('I29', `${one.id} takes two people, and ${[...people].join(', ')} alone let it go`);
  };
  const placed = (order: Order): void => {
    const root = order.intent.replaces ?? order.intent.leg?.parentId ?? order.id.replace(/-open$/, '');
    if (agentOf(order) !== undefined && !letGo.has(root) && !letGo.has(order.id))
      throw new Violated('I30', `${order.id} of an agent has no approval`);
    if (agentOf(order) !== undefined) letGo.add(order.id);
  };
  return {
    stepped: (step) => {
      for (const fact of step.facts) {
        if (fact.kind !== 'RecommendationChanged' || fact.recommendation.proposal === undefined) continue;
        const { recommendation: one } = fact;
        if (one.state === 'approved' || one.state === 'reduced') {
          ended(one, step);
          letGo.add(one.id);
        }
        if (one.state !== 'waiting') waiting.delete(one.id);
        else waiting.set(one.id, one);
        if (one.state === 'waiting' && one.firstApproval !== undefined && step.event.kind === 'RecommendationDecided') {
          judgeApproval(step.event, one, step);
          approvers.set(one.id, new Set(approvers.get(one.id)).add(step.event.person));
        }
      }
      for (const fact of step.facts)
        if (fact.kind === 'OrderChanged' && !step.before.orders.has(fact.order.id) && fact.order.state === 'approved') placed(fact.order);
    },
  };
}
