const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Work that a signal has ended, as Node's events tell it. */
export const isStopped = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** Throws the first of some failures, in the order in which they came; what the others say is told behind it. Work that was stopped is no reason beside another. */
export function throwFirst(failures: readonly unknown[]): void {
  if (failures.length === 0) return;
  const reasons = failures.filter((failure) => !isStopped(failure));
  const [first, ...others] = reasons.length === 0 ? failures : reasons;
  if (others.length === 0) throw first;
  throw new Error(`${inWords(first)}. Besides: ${others.map(inWords).join('; ')}`, { cause: first });
}

/** Ends what the work had open, however it has ended. Throws what the work failed with before what the end did. */
export async function thenEnd<T>(work: Promise<T>, end: () => Promise<void>): Promise<T> {
  const [worked] = await Promise.allSettled([work]);
  const [ended] = await Promise.allSettled([end()]);
  throwFirst([worked, ended].filter((each) => each.status === 'rejected').map(({ reason }) => reason as unknown));
  return await work;
}
