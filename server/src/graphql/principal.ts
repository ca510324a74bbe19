/** Who asks. Every field needs one. */
export interface Principal {
  /** Stable: written to the journal as `user:<id>`. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'owner' | 'api-key';
}

/** How the journal names a principal. */
export const actorOf = (principal: Principal): string => `user:${principal.id}`;
