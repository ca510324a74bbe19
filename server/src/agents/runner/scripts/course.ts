/** The answer of a call, as a script sees it: its text, and its data where it has some. A refusal is a text alone. */
export interface ScriptedAnswer {
  readonly tool: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

export interface ScriptedCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface ScriptedTurn {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  /** How long the turn is waited with: something has to come about first. At once where absent. */
  readonly afterMs?: number;
}

/** The answers to the calls of one turn, in their order. */
export type TurnAnswers = readonly ScriptedAnswer[];

/** What is said next, from the answers of all turns so far. The same answers give the same turn. */
export type Script = (turns: readonly TurnAnswers[]) => ScriptedTurn;

/** A course over many turns: it gives out turns, is given their answers, and returns the report. It knows nothing but the answers. */
export type Course<Result = string> = Generator<ScriptedTurn, Result, TurnAnswers>;

/** Plays a course anew for every turn up to where the answers reach, so that nothing is kept between two turns. */
export const scriptOf =
  (course: () => Course): Script =>
  (turns) => {
    const playing = course();
    let step = playing.next();
    for (const answers of turns) {
      if (step.done === true) throw new Error(`The script ended before its turn ${turns.length + 1}, and one more was asked for.`);
      step = playing.next(answers);
    }
    return step.done === true ? { text: step.value } : step.value;
  };

const NOT_ANSWERED = 'It was not answered.';

/** Makes calls in one turn; their answers in the same order. */
export function* askAll(text: string, calls: readonly ScriptedCall[], afterMs = 0): Course<TurnAnswers> {
  const answers = yield { text, calls, ...(afterMs === 0 ? {} : { afterMs }) };
  return calls.map(({ tool }, at) => answers[at] ?? { tool, text: NOT_ANSWERED, data: undefined });
}

/** Makes one call. */
export function* ask(text: string, tool: string, given: ScriptedCall['arguments'] = {}, afterMs = 0): Course<ScriptedAnswer> {
  const [answer = { tool, text: NOT_ANSWERED, data: undefined }] = yield* askAll(text, [{ tool, arguments: given }], afterMs);
  return answer;
}

/** Keeps a fact for the next run; a sentence for the report where it could not be kept. */
export function* rememberFact(text: string, about: readonly string[] = [], expiresAfterDays?: number): Course<readonly string[]> {
  const given = { kind: 'FACT', text, about, ...(expiresAfterDays === undefined ? {} : { expiresAfterDays }) };
  const { data, text: refusal } = yield* ask('I keep that for the next time.', 'remember', given);
  return data === undefined ? [`I could not remember it: ${refusal}`] : [];
}

/** What every report begins with. */
export const reportOf = (what: string, sentences: readonly string[]): string =>
  [`${what}, by a script and not by a model.`, ...sentences].join('\n');
