export const SOURCE_CHARACTERS_MAX = 64 * 1024;

/** Why a source is too long to be compiled; `undefined` where it is not. */
export const lengthProblem = (source: string): string | undefined =>
  source.length > SOURCE_CHARACTERS_MAX
    ? `The source has ${source.length} characters; at most ${SOURCE_CHARACTERS_MAX} are allowed.`
    : undefined;
