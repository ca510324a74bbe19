import { PauseApiKeyDocument, ResumeApiKeyDocument, RevokeApiKeyDocument } from '@tidemark/schema/documents';
import type { KeyPartsFragment } from '@tidemark/schema/documents';
import { live } from '#lib/live/live.svelte.ts';
import { tell } from '#lib/ui/tell.ts';

type Key = Pick<KeyPartsFragment, 'id' | 'name'>;

/** The key opens nothing until it is resumed; the person is told how that went. */
export async function pauseKey({ id, name }: Key): Promise<void> {
  const answer = await live.mutate(PauseApiKeyDocument, { id });
  tell(answer.ok ? { ok: true, answer: answer.data.pauseApiKey } : answer, `${name} is paused.`);
}

/** The key opens again what it did; the person is told how that went. */
export async function resumeKey({ id, name }: Key): Promise<void> {
  const answer = await live.mutate(ResumeApiKeyDocument, { id });
  tell(answer.ok ? { ok: true, answer: answer.data.resumeApiKey } : answer, `${name} goes on.`);
}

/** The key works no more, for good; the person is told how that went. */
export async function revokeKey({ id, name }: Key): Promise<void> {
  const answer = await live.mutate(RevokeApiKeyDocument, { id });
  tell(answer.ok ? { ok: true, answer: answer.data.revokeApiKey } : answer, `${name} is revoked.`);
}
