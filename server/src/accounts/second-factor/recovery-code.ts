import { createHash } from 'node:crypto';

/** Without those that look like others: 31. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 4;
export const RECOVERY_CODES = 10;

/** As people type it: whatever stands between the groups, and in capitals or not. */
const bare = (code: string): string => code.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Sixteen letters of random bytes are 79 bits: a plain hash keeps them, there is nothing to guess. */
export function newRecoveryCode(draw: (count: number) => Uint8Array): string {
  let letters = '';
  while (letters.length < GROUPS * GROUP_LENGTH)
    // What is left of a byte beyond the largest multiple is thrown away: each letter is as likely as the others.
    for (const byte of draw(GROUPS * GROUP_LENGTH))
      if (byte < 248 && letters.length < GROUPS * GROUP_LENGTH) letters += LETTERS[byte % 31] ?? '';
  return Array.from({ length: GROUPS }, (_, index) => letters.slice(index * GROUP_LENGTH, (index + 1) * GROUP_LENGTH)).join('-');
}

export const isRecoveryCode = (text: string): boolean => text.length <= 40 && bare(text).length === GROUPS * GROUP_LENGTH;

/** Bound to the person: one code never opens for another. */
export const recoveryHash = (personId: string, code: string): string =>
  createHash('sha256')
    .update(`recovery\0${personId}\0${bare(code)}`, 'utf8')
    .digest('hex');
