import { AGENT_ROLES } from '../../roles.ts';
import type { RoleName } from '../../roles.ts';
import { SCRIPTS } from '../../scripts.ts';
import type { ScriptedAnswer, ScriptedCall, ScriptedTurn, TurnAnswers } from '../course.ts';

/** What a tool is answered with: data, or a refusal. */
export type Told = Readonly<Record<string, unknown>> | string;
/** By the name of the tool; from its arguments, and how often it was called before. A tool that is missing is refused. */
export type World = Readonly<Record<string, Told | ((given: ScriptedCall['arguments'], before: number) => Told)>>;

export interface Played {
  readonly report: string;
  readonly turns: readonly ScriptedTurn[];
  readonly calls: readonly ScriptedCall[];
}

const TURNS_MAX = 100;

/** Plays the script of a role from its first turn to its report. Throws where it asks for what its role has not. */
export function play(role: RoleName, world: World): Played {
  const script = SCRIPTS[role];
  const turns: ScriptedTurn[] = [];
  const answered: TurnAnswers[] = [];
  const calls: ScriptedCall[] = [];
  const answer = (call: ScriptedCall): ScriptedAnswer => {
    const { tool, arguments: given } = call;
    if (!AGENT_ROLES[role].tools.includes(tool)) throw new Error(`${role} has no tool ${tool}`);
    const known = world[tool];
    const told =
      typeof known === 'function' ? known(given, calls.filter((one) => one.tool === tool).length) : (known ?? `${tool} is refused.`);
    calls.push(call);
    return typeof told === 'string' ? { tool, text: told, data: undefined } : { tool, text: `Data\n${JSON.stringify(told)}`, data: told };
  };
  for (let turn = 1; turn <= TURNS_MAX; turn += 1) {
    const played = script(answered);
    turns.push(played);
    if ((played.calls ?? []).length === 0) return { report: played.text ?? '', turns, calls };
    answered.push((played.calls ?? []).map(answer));
  }
  throw new Error(`the script has not ended within ${TURNS_MAX} turns`);
}

export const named = (calls: readonly ScriptedCall[]): readonly string[] => calls.map(({ tool }) => tool);

/** A list as a tool gives it. */
export const items = (...all: readonly unknown[]): { readonly items: readonly unknown[] } => ({ items: all });

/** A memory that keeps what it is given, and finds a phrase. */
export function memory(facts: readonly string[] = []): { readonly facts: string[]; readonly world: World } {
  const kept = [...facts];
  return {
    facts: kept,
    world: {
      remember: ({ text }) => {
        kept.push(String(text));
        return { rememberAsAgent: { memory: { id: `m-${kept.length}` } } };
      },
      recall: ({ query, first }) => {
        const phrase = typeof query === 'string' ? query.replaceAll('"', '') : '';
        const found = kept.toReversed().filter((fact) => fact.includes(phrase));
        return { agentMemory: items(...found.slice(0, Number(first)).map((text) => ({ text }))) };
      },
    },
  };
}

/** A backtest that is done. */
export const doneRun = (
  id: string,
  metrics: Readonly<Record<string, number>>,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  id,
  state: 'DONE',
  badges: [],
  from: '2010-01-04T00:00:00Z',
  to: '2016-01-04T00:00:00Z',
  metrics: Object.entries(metrics).map(([name, value]) => ({ name, value })),
  ...more,
});
