/** A parameter that a strategy or an indicator does not take, or not with this value. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly parameter: string;
  readonly value: unknown;
  /** What would be accepted, for people: `2 to 500`, `long or longshort`. */
  readonly bounds: string;

  constructor(message: string, details: { readonly parameter: string; readonly value: unknown; readonly bounds: string }) {
    super(message);
    this.parameter = details.parameter;
    this.value = details.value;
    this.bounds = details.bounds;
  }
}
