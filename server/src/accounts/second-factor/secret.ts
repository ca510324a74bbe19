import { KeysRefused } from '../broker-keys/master-key.ts';
import type { MasterKey } from '../broker-keys/master-key.ts';
import { sealText, unsealText } from '../sealed-text.ts';
import type { Seal } from '../sealed-text.ts';

const PLAIN = 'plain:';
/** Sealed for one person, it opens for no other. */
const sealFor = (personId: string): Seal => ({ header: 'tmf1', place: [personId] });

export const isPlain = (kept: string): boolean => kept.startsWith(PLAIN);

/** How a second factor's secret is kept: sealed where there is a master key, and as it is where there is none. */
export const keptSecret = (secret: string, personId: string, master: MasterKey | undefined, nonce: Buffer): string =>
  master === undefined ? `${PLAIN}${secret}` : sealText(secret, sealFor(personId), master, nonce);

/** Throws {@link KeysRefused} where it was sealed, and the master key that is set does not open it. */
export function openSecret(kept: string, personId: string, master: MasterKey | undefined): string {
  if (isPlain(kept)) return kept.slice(PLAIN.length);
  const how = 'Start the server with the right TIDEMARK_MASTER_KEY, or let an admin reset the second factor';
  if (master === undefined) throw new KeysRefused(`The second factor of ${personId} is sealed, and no master key is set. ${how}`);
  const unsealed = unsealText(kept, sealFor(personId), master);
  if (unsealed.ok) return unsealed.text;
  throw new KeysRefused(`The second factor of ${personId} does not open with the master key ${master.id}. ${how}`);
}
