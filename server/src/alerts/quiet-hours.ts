import type { Instant } from '../money/instant.ts';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** A time in which people are left alone, by the clock on their wall. It may end on the next day. */
export interface QuietHours {
  /** An IANA name, like Europe/Zurich. */
  readonly timeZone: string;
  /** Minutes since local midnight; the first is quiet, `toMinute` is not. Equal: the whole day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Days on which it begins. */
  readonly days: readonly Day[];
}

const DAY_MINUTES = 1_440;
/** Beyond this many ends one after the other there is no hour that is not quiet. */
const ENDS_MAX = 64;

const zoned = (at: Instant, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);

/** Whether the clock on the wall shows a time of these hours. An hour that comes twice in autumn is quiet twice. */
export function isQuiet({ timeZone, fromMinute, toMinute, days }: QuietHours, at: Instant): boolean {
  const local = zoned(at, timeZone);
  const minute = local.hour * 60 + local.minute;
  const beganOn = (daysAgo: number): boolean => {
    const day = DAYS[(local.dayOfWeek - 1 - daysAgo + 7) % 7];
    return day !== undefined && days.includes(day);
  };
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute && beganOn(0);
  return (minute >= fromMinute && beganOn(0)) || (minute < toMinute && beganOn(1));
}

/** Moments at which the hours may end after this one: by the clock of the next days, and where the clock itself is put forward or back. */
function possibleEnds({ timeZone, toMinute }: QuietHours, at: Instant): readonly Instant[] {
  const local = zoned(at, timeZone);
  const ends = [0, 1, 2].flatMap((days) => {
    const date = local.toPlainDate().add({ days });
    const time = date.toPlainDateTime({ hour: Math.floor(toMinute / 60), minute: toMinute % 60 });
    return (['earlier', 'later'] as const).map((disambiguation) => time.toZonedDateTime(timeZone, { disambiguation }));
  });
  const change = local.getTimeZoneTransition('next');
  const last = ends.at(-1);
  const isNear = change !== null && last !== undefined && change.epochMilliseconds <= last.epochMilliseconds;
  return [...ends, ...(isNear ? [change] : [])]
    .map(({ epochMilliseconds }) => epochMilliseconds as Instant)
    .filter((end) => end > at)
    .toSorted((a, b) => a - b);
}

/** The first moment from this one on at which none of these hours are; `undefined` where they never end. */
export function afterQuiet(hours: readonly QuietHours[], at: Instant): Instant | undefined {
  let moment = at;
  for (let tries = 0; tries < ENDS_MAX; tries += 1) {
    const quiet = hours.find((each) => isQuiet(each, moment));
    if (quiet === undefined) return moment;
    const ends = possibleEnds(quiet, moment);
    // Whole days in a row have no end among these: look on from the last.
    const next = ends.find((each) => !isQuiet(quiet, each)) ?? ends.at(-1);
    if (next === undefined) return undefined;
    moment = next;
  }
  return undefined;
}

/** `22:30` in minutes; `undefined` where it is no time of a day. */
export function minuteOfDay(text: string): number | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hour === undefined || minute === undefined ? undefined : (Number(hour) * 60 + Number(minute)) % DAY_MINUTES;
}
