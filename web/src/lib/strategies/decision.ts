function targetsOf(payload: unknown): readonly unknown[] | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  if ('targets' in payload && Array.isArray(payload.targets)) return payload.targets.map((target: unknown) => target);
  return 'decision' in payload ? targetsOf(payload.decision) : undefined;
}

function targetText(target: unknown): string | undefined {
  if (typeof target !== 'object' || target === null || !('symbol' in target) || typeof target.symbol !== 'string') return undefined;
  const exposure =
    'exposure' in target && typeof target.exposure === 'number'
      ? ` to ${Math.round(target.exposure * 1000) / 10}\u00a0%`.replace('-', '\u2212')
      : '';
  const reason = 'reason' in target && typeof target.reason === 'string' && target.reason !== '' ? `: ${target.reason}` : '';
  return `${target.symbol}${exposure}${reason}`;
}

/** What a decision without targets reads as. */
export const NO_CHANGE = 'no change';

/** A journalled decision in words: "SPY to 100 %: fast above slow". No targets means that everything stays as it is. */
export function decisionText(payload: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    // Not JSON: what was written is what is shown.
    return payload;
  }
  const targets = targetsOf(parsed);
  if (targets === undefined) return payload;
  if (targets.length === 0) return NO_CHANGE;
  return targets.map((target) => targetText(target) ?? JSON.stringify(target)).join('; ');
}
