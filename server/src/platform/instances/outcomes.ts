/** A command was not carried out, and never will be. Its message says why, for whoever gave it. */
export class CommandNotDone extends Error {
  override readonly name = 'CommandNotDone';
}

/** Whether a command was, or will be, carried out cannot be told. Its message says how to find out, for whoever gave it. */
export class CommandOutcomeUnknown extends Error {
  override readonly name = 'CommandOutcomeUnknown';
}
