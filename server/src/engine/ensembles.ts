import { format, toNumber } from '../money/fixed.ts';
import type { Money, Ratio } from '../money/fixed.ts';
import { min, scale, subtract, ZERO_MONEY } from '../money/money.ts';
import { allotCapital } from '../strategies/capital-rule.ts';
import type { AllottedMember, RuledMember } from '../strategies/capital-rule.ts';
import { ensembleProblem, ENSEMBLES_MAX } from '../strategies/ensemble.ts';
import type { EnsembleConfig } from '../strategies/ensemble.ts';
import { capitalOf } from './capital.ts';
import type { AllottedCapital } from './effects.ts';
import type { EventOf } from './events.ts';
import { modeOf } from './recommending.ts';
import type { EngineState, StrategySlot } from './state.ts';
import { pnlOf } from './strategy-watch.ts';
import { change, emit, raise, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** What an ensemble remembers of a member. */
export interface EnsembleMember {
  /** Of whole sessions in which it ran, oldest first: what it made as a share of `base`. */
  readonly returns: readonly number[];
  /** What it was allotted, and what it had made, when the session began. */
  readonly base: Money;
  readonly pnl: Money;
  /** Ran and traded on the account when the session began: the session counts. */
  readonly counts: boolean;
}

export interface Ensemble {
  readonly config: EnsembleConfig;
  /** By the id of the strategy, in their order. */
  readonly members: ReadonlyMap<string, EnsembleMember>;
  /** Sessions that have begun since capital was last allotted. */
  readonly waited: number;
}

/** Why an ensemble cannot be set, in one sentence; `undefined` where it can. */
export function settingProblemOf(config: EnsembleConfig, { ensembles, strategies }: EngineState): string | undefined {
  const wrong = ensembleProblem(config);
  if (wrong !== undefined) return `${wrong.message}. ${wrong.hint}`;
  const unknown = config.members.find((id) => !strategies.has(id));
  if (unknown !== undefined) return `There is no strategy ${unknown}.`;
  if (!ensembles.has(config.id) && ensembles.size >= ENSEMBLES_MAX) return `There are ${ENSEMBLES_MAX} ensembles: dissolve one first.`;
  for (const other of ensembles.values()) {
    if (other.config.id === config.id) continue;
    if (other.config.name === config.name) return `Another ensemble is called ${config.name}.`;
    const shared = config.members.find((id) => other.members.has(id));
    if (shared !== undefined) return `${shared} is in the ensemble ${other.config.name}: a strategy is in one.`;
  }
  return undefined;
}

const slotOf = ({ strategies }: EngineState, id: string): StrategySlot => {
  const slot = strategies.get(id);
  if (slot === undefined) throw new Error(`Invariant: the strategy ${id} of an ensemble is never taken out`);
  return slot;
};

const traded = (slot: StrategySlot): boolean => (slot.state === 'paper' || slot.state === 'live') && modeOf(slot) !== 'shadow';

interface Occasion {
  readonly because: 'set' | 'session';
  readonly by: string;
  readonly reason: string;
}

/** What each has at most: its own allocation, which people have approved, and no more than the ensemble lets one have. */
const ruledOf = (state: EngineState, { config, members }: Ensemble, { because }: Occasion): readonly RuledMember[] =>
  [...members].map(([id, { returns }]) => {
    const strategy = slotOf(state, id).config;
    const cap = min(config.memberMax, strategy.allocation);
    // Set anew it is allotted anew; at a session each moves from where it stands.
    return { id, returns, cap, before: because === 'set' ? (0n as Ratio) : min(capitalOf(state, strategy), cap) };
  });

const told = (state: EngineState, { id, returns, cap, target, sharpe, score, capital }: AllottedMember): AllottedCapital => ({
  strategyId: id,
  from: capitalOf(state, slotOf(state, id).config),
  to: capital,
  cap,
  target,
  returns,
  ...(sharpe === undefined ? {} : { sharpe }),
  score,
});

function assertAllotted({ config }: Ensemble, allotted: readonly AllottedMember[]): void {
  const total = allotted.reduce((sum, { capital }) => sum + capital, 0n);
  const wrong = allotted.find(({ capital, cap }) => capital < 0n || capital > cap);
  if (total > config.total || wrong !== undefined)
    throw new Error(
      `Invariant: the ensemble ${config.id} allots ${format(total as Ratio)} of ${format(config.total)}, none beyond its cap`,
    );
}

/** Gives capital by the rule, with everything that led to it in the journal. Nothing is sold by it: sizes and the gate follow. */
function allot(turn: Turn, ensemble: Ensemble, occasion: Occasion): void {
  const { config } = ensemble;
  const { total, priorSessions, stepMax } = config;
  const rule = { total, priorSessions, stepMax: occasion.because === 'set' ? undefined : stepMax };
  const allotted = allotCapital(ruledOf(turn.state, ensemble, occasion), rule);
  assertAllotted(ensemble, allotted);
  const members = allotted.map((member) => told(turn.state, member));
  const capitals = new Map(turn.state.capitals);
  for (const { strategyId, to } of members) capitals.set(strategyId, to);
  change(turn, { capitals, ensembles: withEntry(turn.state.ensembles, config.id, { ...ensemble, waited: 0 }) });
  emit(turn, { kind: 'CapitalAllotted', ensembleId: config.id, name: config.name, ...occasion, total, members, at: turn.state.now });
}

/** A member that was not there before is measured from the next session on: a part of one is none. */
const NEW_MEMBER: EnsembleMember = { returns: [], base: ZERO_MONEY, pnl: ZERO_MONEY, counts: false };

export function ensembleSet(turn: Turn, { config, by, reason, at }: EventOf<'EnsembleSet'>): void {
  const problem = settingProblemOf(config, turn.state);
  if (problem !== undefined) {
    raise(turn, 'EnsembleRefused', `${config.id}-${at}`, 'warning', `The ensemble ${config.name} was not set`, `${by}: ${problem}`);
    return;
  }
  const before = turn.state.ensembles.get(config.id);
  const members = new Map(
    config.members.map((id) => {
      const known = before?.members.get(id) ?? NEW_MEMBER;
      return [id, { ...known, returns: known.returns.slice(-config.sessions) }] as const;
    }),
  );
  allot(turn, { config, members, waited: 0 }, { because: 'set', by, reason });
}

/** Its strategies keep the capital that they have until a person configures them: nothing is let through by it. */
export function ensembleDissolved(turn: Turn, { ensembleId }: EventOf<'EnsembleDissolved'>): void {
  change(turn, { ensembles: withoutEntry(turn.state.ensembles, ensembleId) });
}

/** A person has said anew what a strategy may hold: what an ensemble gave it before counts no more, unless it is in one. */
export function forgetCapital(turn: Turn, strategyId: string): void {
  const { ensembles, capitals } = turn.state;
  if (!capitals.has(strategyId) || [...ensembles.values()].some(({ members }) => members.has(strategyId))) return;
  change(turn, { capitals: withoutEntry(capitals, strategyId) });
}

/** The session that has ended, as a return on what the member was allotted when it began. */
function measured(state: EngineState, { config }: Ensemble, id: string, member: EnsembleMember): EnsembleMember {
  if (!member.counts || member.base <= 0n) return member;
  const made = toNumber(subtract(pnlOf(state, slotOf(state, id)), member.pnl)) / toNumber(member.base);
  return { ...member, returns: [...member.returns, made].slice(-config.sessions) };
}

/** From here on the session counts, with the capital that it begins with. */
function begun(state: EngineState, id: string, member: EnsembleMember): EnsembleMember {
  const slot = slotOf(state, id);
  const equity = state.sessionStartEquity ?? ZERO_MONEY;
  return { ...member, base: scale(equity, capitalOf(state, slot.config)), pnl: pnlOf(state, slot), counts: traded(slot) };
}

const mapped = ({ members }: Ensemble, made: (id: string, member: EnsembleMember) => EnsembleMember): ReadonlyMap<string, EnsembleMember> =>
  new Map([...members].map(([id, member]) => [id, made(id, member)]));

/** A session begins: the one before it is measured, open to open, and where it is time capital moves before anything is decided. */
export function openEnsembles(turn: Turn): void {
  for (const known of turn.state.ensembles.values()) {
    const ended = mapped(known, (id, member) => measured(turn.state, known, id, member));
    const waited = known.waited + 1;
    const ensemble = { ...known, members: ended, waited };
    if (waited >= known.config.everySessions)
      allot(turn, ensemble, { because: 'session', by: 'engine', reason: `session ${turn.state.sessionDate ?? ''} begins` });
    else change(turn, { ensembles: withEntry(turn.state.ensembles, known.config.id, ensemble) });
    const now = turn.state.ensembles.get(known.config.id) ?? ensemble;
    const open = { ...now, members: mapped(now, (id, member) => begun(turn.state, id, member)) };
    change(turn, { ensembles: withEntry(turn.state.ensembles, known.config.id, open) });
  }
}
