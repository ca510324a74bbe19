/** `part` of `whole` as a fraction; `null` where either is unknown or the whole is nought. For the eye: limits are measured by the server. */
export function shareOf(part: string | null | undefined, whole: string | null | undefined): number | null {
  if (part === null || part === undefined || whole === null || whole === undefined) return null;
  const share = Number(part) / Number(whole);
  return Number.isFinite(share) ? share : null;
}
