/** A question about the time that took longer says little about the clocks. */
const ROUND_TRIP_MS_MAX = 2_000;

/**
 * Our clock less the broker's, from one question and its answer: the broker read its clock somewhere between, so the middle is at most half the
 * round trip wrong. `undefined` where that is too much.
 */
export function skewMs(askedAtMs: number, answeredAtMs: number, brokersMs: number): number | undefined {
  const roundTrip = answeredAtMs - askedAtMs;
  // A negative one: our own clock was set back between.
  if (roundTrip < 0 || roundTrip > ROUND_TRIP_MS_MAX) return undefined;
  // A half less than nothing rounds to -0, which a journal does not hold.
  return Math.round((askedAtMs + answeredAtMs) / 2 - brokersMs) + 0;
}
