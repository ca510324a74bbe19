/** The database cannot be reached now: the work was not done, or its outcome is unknown. Later calls may succeed. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}
