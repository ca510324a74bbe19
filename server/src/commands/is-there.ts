import { stat } from 'node:fs/promises';

/** Whether a file or folder is there. What cannot be told, for want of permission or a broken disk, is thrown. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false;
    throw error;
  }
}
