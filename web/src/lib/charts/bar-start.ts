const DAY_MS = 86_400_000;

/**
 * Whether the bars are of days, by their starts (ms since 1970): they begin at midnight UTC. Such a bar is read by the date of its
 * session, which in New York's time would be the evening before.
 */
export const areDays = (startsMs: readonly number[]): boolean => startsMs.length > 0 && startsMs.every((start) => start % DAY_MS === 0);
