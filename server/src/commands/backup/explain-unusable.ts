import { BackupUnusable } from '../../platform/backup/format.ts';

/** Names the file in what is said of it. */
export async function explainUnusable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupUnusable) throw new Error(`${file} cannot be restored: ${error.message}`, { cause: error });
    throw error;
  }
}
