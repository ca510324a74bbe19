import type { IndicatorRequest } from './indicator-request.ts';

const KEY = 'tidemark.indicators';
/** Raised when what is kept changes its meaning: what an older page kept is then let go. */
const VERSION = 1;
/** Charts that are remembered: who has looked at more has forgotten the first. */
const CHARTS_MOST = 100;

type Kept = Readonly<Record<string, readonly IndicatorRequest[]>>;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isRequest(value: unknown): value is IndicatorRequest {
  if (!isRecord(value) || typeof value['indicator'] !== 'string' || !Array.isArray(value['parameters'])) return false;
  return value['parameters'].every((one) => isRecord(one) && typeof one['name'] === 'string' && typeof one['value'] === 'string');
}

/** The indicators of each chart, by the chart's name; nothing where the text is not ours, or of another version. */
export function parseIndicators(text: string | null): Kept {
  if (text === null) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Somebody else wrote here: charts begin as they are.
    return {};
  }
  if (!isRecord(parsed) || parsed['version'] !== VERSION || !isRecord(parsed['charts'])) return {};
  return Object.fromEntries(
    Object.entries(parsed['charts']).flatMap(([chart, list]) => (Array.isArray(list) ? [[chart, list.filter(isRequest)]] : [])),
  );
}

/** The text to keep, with the indicators of one chart changed; that chart then counts as the newest. */
export function indicatorsText(before: string | null, chart: string, requests: readonly IndicatorRequest[]): string {
  const others = Object.entries(parseIndicators(before)).filter(([name]) => name !== chart);
  const charts = Object.fromEntries([...others, [chart, requests] as const].slice(-CHARTS_MOST));
  return JSON.stringify({ version: VERSION, charts });
}

/** `undefined` where nobody has chosen for this chart. */
export const keptIndicators = (chart: string): readonly IndicatorRequest[] | undefined => parseIndicators(localStorage.getItem(KEY))[chart];

export const keepIndicators = (chart: string, requests: readonly IndicatorRequest[]): void =>
  localStorage.setItem(KEY, indicatorsText(localStorage.getItem(KEY), chart, requests));
