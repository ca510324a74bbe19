function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A retry of the same request carries the same key, so that it cannot happen twice. */
export class RetryKey {
  #sent: { readonly body: string; readonly key: string } | undefined;

  /** The key of this request: the one before, where the request is the one before. */
  of(request: unknown): string {
    const body = JSON.stringify(request);
    if (this.#sent?.body !== body) this.#sent = { body, key: freshKey() };
    return this.#sent.key;
  }

  /** It has been answered for good: the same again would be another one. */
  forget(): void {
    this.#sent = undefined;
  }
}

/** For a question that changes nothing. */
export const keyOnce = freshKey;
