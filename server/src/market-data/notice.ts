/** Something that an adapter noticed on its way to the outside, for people. It changes no figure. */
export interface Notice {
  /** Stable, machine-readable: `StreamRefused`, `UnknownField`, … */
  readonly code: string;
  /** What it is about: with the code, the name of the alert. */
  readonly subject: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly title: string;
  readonly detail: string;
  /** The cause is gone: an open alert of this code and subject closes. */
  readonly over?: true;
}
