import { createHash } from 'node:crypto';
import { format } from '../money/fixed.ts';
import type { Money, Ratio } from '../money/fixed.ts';
import type { OrderIntent, RiskDecision } from '../orders/order.ts';
import { controlInput, scopedContext } from './control-input.ts';
import type { ControlInput } from './control-input.ts';
import { CONTROLS } from './controls/index.ts';
import { malformedIntent } from './controls/order-sanity.ts';
import { orderRisk, orderRiskMoney, orderRiskRatio } from './order-risk.ts';
import type { RiskContext } from './types.ts';

/** Known to this file alone: without it the constructor throws, however it was come by. */
const SEAL = Symbol('risk gate');

class Approved {
  readonly #sealed = true;
  readonly intent: OrderIntent;
  readonly decision: RiskDecision;

  constructor(seal: typeof SEAL, intent: OrderIntent, decision: RiskDecision) {
    if (seal !== SEAL) throw new Error('Invariant: only the risk gate approves orders');
    this.intent = intent;
    this.decision = decision;
    Object.freeze(this);
  }

  static holds(value: unknown): value is Approved {
    return typeof value === 'object' && value !== null && #sealed in value && value.#sealed;
  }
}

/** An order that the gate has let through: frozen, and made nowhere else. */
export type ApprovedOrder = Approved;

/** The gate's answer. The decision is the same object in both places. */
export type GateResult =
  | { readonly verdict: 'approved'; readonly order: ApprovedOrder; readonly decision: RiskDecision; readonly isEntry: boolean }
  | { readonly verdict: 'denied'; readonly decision: RiskDecision; readonly isEntry: boolean };

/** True only of objects that {@link evaluate} made; a look-alike from JSON or a copy is not one. */
export const isApprovedOrder = (value: unknown): value is ApprovedOrder => Approved.holds(value);

/** The last check before the wire. Throws `Invariant: …` unless the gate made it and it still holds for exactly these fields. */
export function assertApproved(order: ApprovedOrder): void {
  if (!Approved.holds(order)) throw new Error('Invariant: an order is submitted only with the approval of the risk gate');
  if (order.decision.verdict !== 'approved') throw new Error(`Invariant: order ${order.intent.id} was approved`);
  if (order.decision.fieldsHash !== fieldsHash(order.intent))
    throw new Error(`Invariant: order ${order.intent.id} has the fields that were approved`);
}

/**
 * Decides on one intent. Every control is evaluated, and every violated one is in the decision, with its limit and the actual
 * figure. Pure: the same intent and context give the same decision, byte for byte.
 */
export function evaluate(intent: OrderIntent, account: RiskContext): GateResult {
  const context = scopedContext(account, intent);
  const malformed = malformedIntent(intent);
  const input = malformed.length === 0 ? controlInput(intent, context) : undefined;
  const denials = input === undefined ? malformed : CONTROLS.flatMap((control) => control(input, context));
  const verdict = denials.length === 0 ? 'approved' : 'denied';
  const decision: RiskDecision = Object.freeze({
    id: `risk-${intent.id}-${context.now}`,
    intentId: intent.id,
    verdict,
    denials: Object.freeze(denials.map((denial) => Object.freeze(denial))),
    ...riskFigures(input),
    equity: context.equity ?? (0n as Money),
    referencePrice: input?.reference,
    fieldsHash: fieldsHash(intent),
    decidedAt: context.now,
  });
  // What cannot be reckoned with counts as the worse of the two.
  const isEntry = input?.isEntry ?? true;
  if (verdict === 'denied') return { verdict, decision, isEntry };
  return { verdict, decision, isEntry, order: new Approved(SEAL, Object.freeze({ ...intent }), decision) };
}

function riskFigures(input: ControlInput | undefined): { readonly orderRisk: Money; readonly orderRiskRatio: Ratio | undefined } {
  const risk = input === undefined ? undefined : orderRisk(input);
  if (input === undefined || risk === undefined) return { orderRisk: 0n as Money, orderRiskRatio: undefined };
  return { orderRisk: orderRiskMoney(risk), orderRiskRatio: input.equity === undefined ? undefined : orderRiskRatio(risk, input.equity) };
}

/** SHA-256 in hex over the fields that reach the broker: an approval holds for exactly these. */
export function fieldsHash(intent: OrderIntent): string {
  const decimal = (value: bigint | undefined): string | null => (typeof value === 'bigint' ? format(value as Money) : null);
  const fields = [
    intent.id,
    intent.symbol,
    intent.side,
    decimal(intent.quantity),
    intent.type,
    intent.timeInForce,
    decimal(intent.limitPrice),
    decimal(intent.stopPrice),
    decimal(intent.protectiveStop),
    intent.reduceOnly,
    ...laterFields(intent, decimal),
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** Fields that came later: they count where there are any, so that an approval of before keeps its hash. */
function laterFields(intent: OrderIntent, decimal: (value: bigint | undefined) => string | null): readonly unknown[] {
  const { orderClass, takeProfit, stopLoss, extendedHours, replaces, leg } = intent;
  const fields = [
    decimal(intent.trail),
    decimal(intent.trailRatio),
    orderClass ?? null,
    decimal(takeProfit?.limitPrice),
    decimal(stopLoss?.stopPrice),
    decimal(stopLoss?.limitPrice),
    extendedHours ?? null,
    replaces ?? null,
    leg?.parentId ?? null,
    leg?.role ?? null,
  ];
  return fields.every((field) => field === null) ? [] : fields;
}
