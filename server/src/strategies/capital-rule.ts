import type { Ratio } from '../money/fixed.ts';

/** A member as the rule sees it. Shares are of the account's equity. */
export interface RuledMember {
  readonly id: string;
  /** What its ledger made in each whole session, as a share of what it was allotted at the session's open; oldest first. */
  readonly returns: readonly number[];
  /** It gets no more than this. */
  readonly cap: Ratio;
  /** What it has now; at most its cap. */
  readonly before: Ratio;
}

export interface CapitalRule {
  /** All members together get no more than this. */
  readonly total: Ratio;
  /** No member's share moves further at one time; `undefined` where it may go all the way. */
  readonly stepMax: Ratio | undefined;
  /** How many sessions the prior counts as. */
  readonly priorSessions: number;
}

/** What the rule makes of a member, with all that led to it. */
export interface AllottedMember extends RuledMember {
  readonly capital: Ratio;
  /** Where it would be without the bound on one move. */
  readonly target: Ratio;
  /** Annualised, of `returns`; `undefined` where they say nothing: fewer than two, or all zero. */
  readonly sharpe: number | undefined;
  /** What shares are in proportion to: above zero. */
  readonly score: number;
}

const SESSIONS_A_YEAR = 252;
/** What a strategy is taken to have before it has shown anything. */
export const PRIOR_SHARPE = 0.5;
/** More than this is luck or a short window: it counts as this. */
export const SHARPE_MAX = 3;

/** Mean ÷ standard deviation (n − 1) × √252, from 0 to {@link SHARPE_MAX}: below zero nobody is told from another. */
function boundedSharpe(returns: readonly number[]): { readonly sharpe: number; readonly bounded: number } | undefined {
  const { length } = returns;
  if (length < 2 || returns.every((value) => value === 0)) return undefined;
  const mean = returns.reduce((sum, value) => sum + value, 0) / length;
  const squares = returns.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const deviation = Math.sqrt(squares / (length - 1));
  // The same result each session: nothing that a deviation could be told from.
  const flat = deviation <= 1e-12 * Math.abs(mean);
  const sharpe = flat ? Math.sign(mean) * SHARPE_MAX : (mean / deviation) * Math.sqrt(SESSIONS_A_YEAR);
  return { sharpe, bounded: Math.min(SHARPE_MAX, Math.max(0, sharpe)) };
}

/** Annualised, of returns of sessions; `undefined` where they say nothing. */
export const sharpeOf = (returns: readonly number[]): number | undefined => boundedSharpe(returns)?.sharpe;

/** Each in proportion to its score, none beyond its cap: what one may not have goes to the others in the same proportion. Units of 1e-9. */
function filled(total: number, members: readonly { readonly score: number; readonly cap: number }[]): readonly number[] {
  const found = members.map(() => 0);
  let open = members.map((member, place) => ({ ...member, place }));
  let rest = total;
  while (open.length > 0) {
    const scores = open.reduce((sum, { score }) => sum + score, 0);
    const atCap = open.filter(({ score, cap }) => (rest * score) / scores >= cap);
    const given = atCap.length === 0 ? open : atCap;
    for (const { place, score, cap } of given) found[place] = atCap.length === 0 ? (rest * score) / scores : cap;
    if (atCap.length === 0) break;
    rest -= atCap.reduce((sum, { cap }) => sum + cap, 0);
    open = open.filter((one) => !atCap.includes(one));
  }
  return found;
}

/** Whole units that each moves by: the same part of its way for all, so that what is given never exceeds what is taken and free. */
function movesOf(targets: readonly number[], before: readonly bigint[], { total, stepMax }: CapitalRule): readonly bigint[] {
  const ways = targets.map((target, place) => target - Number(before[place] ?? 0n));
  const furthest = Math.max(...ways.map(Math.abs));
  const step = stepMax === undefined ? furthest : Number(stepMax);
  const part = furthest > step ? step / furthest : 1;
  const moves = ways.map((way) => BigInt(Math.trunc(Math.min(step, Math.max(-step, part * way)))));
  // Rounding toward where each stands may leave some units too many: whoever gains most gives them back.
  for (;;) {
    const given = moves.reduce((sum, move, place) => sum + move + (before[place] ?? 0n), 0n);
    const excess = given - total;
    const most = moves.reduce((best, move, place) => (move > (moves[best] ?? 0n) ? place : best), 0);
    const gain = moves[most] ?? 0n;
    if (excess <= 0n || gain <= 0n) return moves;
    moves[most] = gain > excess ? gain - excess : 0n;
  }
}

/**
 * Capital by recent risk-adjusted results. A member's score is (n · s + p · prior) ÷ (n + p), where s is the Sharpe ratio of its n returns between 0 and 3, prior is 0.5, and
 * p is `priorSessions`: shrunk toward what all have before they have shown anything, so that a short history gives equal parts and none is ever without. Shares are in
 * proportion to scores, cut at each cap. In the order of ids, whatever the order of the members. What `before` sums to must not exceed `total`.
 */
export function allotCapital(members: readonly RuledMember[], rule: CapitalRule): readonly AllottedMember[] {
  const sorted = members.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  const scored = sorted.map((member) => {
    const found = boundedSharpe(member.returns);
    const sessions = found === undefined ? 0 : member.returns.length;
    const score = (sessions * (found?.bounded ?? 0) + rule.priorSessions * PRIOR_SHARPE) / (sessions + rule.priorSessions);
    return { ...member, sharpe: found?.sharpe, score };
  });
  const targets = filled(
    Number(rule.total),
    scored.map(({ score, cap }) => ({ score, cap: Number(cap) })),
  );
  const moves = movesOf(
    targets,
    scored.map(({ before }) => before),
    rule,
  );
  return scored.map((member, place) => ({
    ...member,
    target: BigInt(Math.trunc(targets[place] ?? 0)) as Ratio,
    capital: (member.before + (moves[place] ?? 0n)) as Ratio,
  }));
}
