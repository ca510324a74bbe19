/** One line of the doctor: a part, whether it is well, and how to mend it when it is not. */
export interface Finding {
  readonly part: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do; only where something is wrong. */
  readonly mend?: string;
}

export const well = (part: string, detail: string): Finding => ({ part, ok: true, detail });
export const ill = (part: string, detail: string, mend: string): Finding => ({ part, ok: false, detail, mend });

/** Errors of the network may come without a message of their own. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}

export const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
