/** Where a browser reached this server: a passkey is made for one name, and signs for one origin. */
export interface Site {
  /** Scheme, name and port. */
  readonly origin: string;
  /** The name alone; browsers take no address of numbers. */
  readonly rpId: string;
}

/** What to say where there is none. */
export const NO_SITE =
  'Passkeys belong to a name, and an address of numbers is none: open the dashboard as http://localhost with its port, or under the name of its certificate.';
