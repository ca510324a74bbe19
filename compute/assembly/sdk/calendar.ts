const DAY_MS: f64 = 86400000;

/** Where a slice stands in the calendar of UTC dates, which daily bars carry: for schedules such as "at the first bar of a month". */
export class Calendar {
  private day: f64 = NaN;
  private month: i32 = -1;
  private week: f64 = NaN;
  /** Whether this slice is the first of a new day, week (from Monday) or month. The very first slice is the first of all three. */
  isNewDay: bool = false;
  isNewWeek: bool = false;
  isNewMonth: bool = false;

  /** Move on to a slice: pass `this.time`, once a slice. */
  next(timeMs: f64): void {
    const day = Math.floor(timeMs / DAY_MS);
    this.isNewDay = day != this.day;
    if (!this.isNewDay) {
      this.isNewWeek = false;
      this.isNewMonth = false;
      return;
    }
    this.day = day;
    // 1970-01-01 was a Thursday: three days after a Monday.
    const week = Math.floor((day + 3) / 7);
    this.isNewWeek = week != this.week;
    this.week = week;
    const month = monthOf(day);
    this.isNewMonth = month != this.month;
    this.month = month;
  }
}

/** Months since year 0 of a day since 1970, by the proleptic Gregorian calendar, counted from 1 March so that leap days come last. */
function monthOf(day: f64): i32 {
  const shifted = i64(day) + 719468;
  const era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const ofEra = shifted - era * 146097;
  const year = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365;
  const ofYear = ofEra - (365 * year + year / 4 - year / 100);
  const month = (5 * ofYear + 2) / 153;
  return i32((year + era * 400) * 12 + month);
}
