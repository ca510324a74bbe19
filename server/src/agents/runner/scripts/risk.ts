import { listAt, numberAt, percent, said, textAt, valueAt } from './answers.ts';
import { ask, askAll, reportOf } from './course.ts';
import type { Course } from './course.ts';

/** From which use of a limit on entries are paused. */
export const USE_MAX = 0.9;

interface UsedLimit {
  readonly name: string;
  readonly use: number;
  readonly actual: string;
  readonly value: string;
}

/** Limits that have a figure now, the most used first. */
const usedLimits = (risk: unknown): readonly UsedLimit[] =>
  listAt(risk, 'limits')
    .flatMap((limit) => {
      const [name, use] = [textAt(limit, 'name'), numberAt(limit, 'use')];
      return name === undefined || use === undefined
        ? []
        : [{ name, use, actual: said(valueAt(limit, 'actual')), value: said(valueAt(limit, 'value')) }];
    })
    .toSorted((left, right) => right.use - left.use);

const inWords = ({ name, use, actual, value }: UsedLimit): string => `${name} is used to ${percent(use)} (${actual} of ${value})`;

/** Whether nothing is opened in the account anyway. */
const isPaused = (risk: unknown): boolean =>
  listAt(risk, 'controls', 'brakes').some((brake) => textAt(brake, 'scope') === 'account' && textAt(brake, 'effect') === 'entries-off');

/** What is to be done about the most used limit, and what came of it. */
function* act(risk: unknown, worst: UsedLimit | undefined): Course {
  if (worst === undefined) return 'No limit has a figure now, so there is nothing to judge.';
  if (worst.use < USE_MAX) return `${inWords(worst)}, the most of all: below ${percent(USE_MAX)}, so I stopped nothing.`;
  if (isPaused(risk)) return `${inWords(worst)}. Entries of the account are paused already, so I did nothing more.`;
  const state = textAt(risk, 'controls', 'tradingState');
  if (state !== undefined && state !== 'ACTIVE') return `${inWords(worst)}. Trading is ${state} already, so I did nothing more.`;
  const reason = `${inWords(worst)}, and a script pauses entries from ${percent(USE_MAX)} on`;
  const { data, text } = yield* ask(`${inWords(worst)}: I pause entries.`, 'pause_entries', { scope: 'ACCOUNT', reason });
  return data === undefined
    ? `${inWords(worst)}, and I could NOT pause entries: ${text} A person has to look now.`
    : `I paused entries of the account, for ${inWords(worst)}. Exits go on; two people let entries go again.`;
}

/** Pauses entries where a limit is nearly used up. Releases and raises nothing. */
export function* riskCourse(): Course {
  const [risk, health, alerts] = yield* askAll('I look at limits, health and alerts.', [
    { tool: 'get_risk', arguments: {} },
    { tool: 'get_health', arguments: {} },
    { tool: 'list_alerts', arguments: { open: true } },
  ]);
  if (risk?.data === undefined) return reportOf('Watch of limits', [`I could not read the limits: ${risk?.text ?? ''} I stopped nothing.`]);
  const limits = usedLimits(risk.data);
  const done = yield* act(risk.data, limits[0]);
  const open = listAt(alerts?.data, 'alerts', 'items');
  const unwell = listAt(health?.data, 'health', 'parts').filter((part) => textAt(part, 'state') !== 'OK');
  const tripped = listAt(risk.data, 'controls', 'breakers').filter((breaker) => textAt(breaker, 'state') === 'tripped');
  return reportOf('Watch of limits', [
    done,
    ...(limits.length > 1 ? [`Next: ${limits.slice(1, 4).map(inWords).join('; ')}.`] : []),
    `Trading is ${said(valueAt(risk.data, 'controls', 'tradingState'))}; tripped breakers: ${tripped.length === 0 ? 'none' : tripped.map((one) => said(valueAt(one, 'code'))).join(', ')}.`,
    alerts?.data === undefined
      ? `Alerts could not be read: ${alerts?.text ?? ''}`
      : open.length === 0
        ? 'No alert is open.'
        : `Open alerts: ${open.map((alert) => said(valueAt(alert, 'title')).replace(/\.$/, '')).join('; ')}.`,
    health?.data === undefined
      ? `Health could not be read: ${health?.text ?? ''}`
      : unwell.length === 0
        ? 'Every part is well.'
        : `Not well: ${unwell.map((part) => `${said(valueAt(part, 'name'))} is ${said(valueAt(part, 'state'))}`).join('; ')}.`,
  ]);
}
