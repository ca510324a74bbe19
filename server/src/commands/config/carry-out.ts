import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { ALERT_RULES_VARIABLE } from '../settings/alert-rules.ts';
import { DeskRefused } from '../desk-api.ts';
import type { DeskApi } from '../desk-api.ts';
import { isBold } from './change.ts';
import type { PlannedChange, Step } from './change.ts';
import { MUTATIONS } from './documents.ts';
import { wireTimeframe } from './server-state.ts';
import type { ServerState } from './server-state.ts';

/** What came of one change. `unknown`: the server was asked, and did not answer. */
export interface Outcome {
  readonly change: PlannedChange;
  readonly came: 'done' | 'waits' | 'refused' | 'not-tried' | 'unknown';
  readonly detail: string;
}

export interface Hands {
  readonly api: DeskApi;
  readonly state: ServerState;
  /** Stands in the journal beside each change. */
  readonly reason: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onOutcome: (outcome: Outcome) => void;
}

interface Answer {
  readonly __typename: string;
  readonly message?: string;
  readonly hint?: string;
  readonly proposal?: { readonly id: string };
  readonly strategy?: { readonly id: string };
}
/** A mutation with what it takes. */
interface Call {
  readonly document: string;
  readonly variables: Record<string, unknown>;
}

const pairs = (values: Readonly<Record<string, string>> | undefined) =>
  values === undefined ? undefined : Object.entries(values).map(([name, value]) => ({ name, value }));

/** The operation of a step that the server does; `id` is that of its strategy. */
function callOf(step: Exclude<Step, { kind: 'alert-rules' }>, id: string, reason: string): Call {
  switch (step.kind) {
    case 'create': {
      const { name, version, timeframe, symbols, parameters, allocation, size } = step;
      const input = { name, version, timeframe: wireTimeframe(timeframe), symbols, parameters: pairs(parameters), allocation, size };
      return { document: MUTATIONS.create, variables: { input } };
    }
    case 'configure': {
      const { symbols, parameters, allocation, size } = step;
      return { document: MUTATIONS.configure, variables: { input: { id, symbols, parameters: pairs(parameters), allocation, size } } };
    }
    case 'execution': {
      const { mode, waitMinutes } = step;
      return { document: MUTATIONS.execution, variables: { input: { strategyId: id, mode: mode.toUpperCase(), waitMinutes, reason } } };
    }
    case 'enable':
      return { document: MUTATIONS.enable, variables: { id } };
    case 'disable':
      return { document: MUTATIONS.disable, variables: { id, reason } };
    case 'limit': {
      const { limit: name, value, strategy } = step;
      return strategy === undefined
        ? { document: MUTATIONS.limit, variables: { input: { name, value, reason } } }
        : { document: MUTATIONS.strategyLimit, variables: { input: { strategyId: id, name, value, reason } } };
    }
    case 'symbols':
      return { document: MUTATIONS.symbols, variables: { input: { list: step.list.toUpperCase(), symbols: step.symbols, reason } } };
    case 'role':
      return { document: MUTATIONS.role, variables: { id: step.personId, role: step.role.toUpperCase() } };
  }
}

/** Whole or not at all, under the permissions of the file that was there. */
async function writeRules(text: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const named = environment[ALERT_RULES_VARIABLE];
  if (named === undefined) throw new Error(`Invariant: ${ALERT_RULES_VARIABLE} was looked at before`);
  const isThere = await stat(named).then(
    ({ mode }) => ({ mode }),
    () => undefined,
  );
  const target = isThere === undefined ? named : await realpath(named);
  const draft = `${target}.${process.pid}.new`;
  try {
    const file = await open(draft, 'wx', isThere?.mode ?? 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
  return target;
}

const strategyOf = (step: Step): string | undefined => ('name' in step ? step.name : 'strategy' in step ? step.strategy : undefined);

type Came = Omit<Outcome, 'change'>;

const cameOf = ({ __typename, message, hint, proposal }: Answer): Came => {
  if (__typename.endsWith('Error')) return { came: 'refused', detail: [message, hint].filter((each) => each !== undefined).join('. ') };
  if (proposal !== undefined) return { came: 'waits', detail: `proposal ${proposal.id} waits for a second person, on the page Approvals` };
  return { came: 'done', detail: '' };
};

/** Makes one change; `ids` learns of strategies that come to be. */
async function make({ step }: PlannedChange, ids: Map<string, string>, { api, reason, environment }: Hands): Promise<Came> {
  if (step.kind === 'alert-rules')
    return { came: 'waits', detail: `written to ${await writeRules(step.text, environment)}; they hold when the server starts again` };
  const strategy = strategyOf(step);
  const id = strategy === undefined ? '' : ids.get(strategy);
  if (id === undefined && step.kind !== 'create') return { came: 'not-tried', detail: `${strategy ?? ''} was not made` };
  const { document, variables } = callOf(step, id ?? '', reason);
  const { answer } = await api.query<{ answer: Answer }>(document, variables);
  if (step.kind === 'create' && answer.strategy !== undefined) ids.set(step.name, answer.strategy.id);
  return cameOf(answer);
}

const explained = (error: unknown): string => (error instanceof Error && error.message !== '' ? error.message : String(error));

/**
 * Makes the changes one after the other, each by the operation that the dashboard uses. One that is refused keeps what would start or loosen from being
 * tried; after an answer that did not come nothing is tried any more. Whoever applies the same files again goes on from there.
 */
export async function carryOut(changes: readonly PlannedChange[], hands: Hands): Promise<readonly Outcome[]> {
  const ids = new Map([...hands.state.strategies].map(([name, { id }]) => [name, id]));
  const outcomes: Outcome[] = [];
  let worst: 'none' | 'refused' | 'unknown' = 'none';
  for (const change of changes) {
    let came: Came;
    if (worst === 'unknown' || (worst === 'refused' && isBold(change)))
      came = { came: 'not-tried', detail: 'because of what was refused before it: apply the files again' };
    else
      try {
        came = await make(change, ids, hands);
      } catch (error) {
        const isKnown = error instanceof DeskRefused || change.step.kind === 'alert-rules';
        came = { came: isKnown ? 'refused' : 'unknown', detail: explained(error) };
      }
    if (came.came === 'refused' || came.came === 'unknown') worst = came.came;
    outcomes.push({ change, ...came });
    hands.onOutcome({ change, ...came });
  }
  return outcomes;
}
