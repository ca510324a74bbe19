/** What a model may know of a bar at its close, computed from that bar and those before it: by the compute core, see `assembly/features`. */
export interface Feature {
  readonly name: string;
  /** The formula, in words and symbols. */
  readonly definition: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Who has it first, or what it is built on. */
  readonly source: string;
  /** Raised when the same bars would give other values: a model that was trained with the old one no longer matches. */
  readonly version: number;
  /** Index of the first bar with a value. Not-a-number before it, finite from there on where prices are above 0. */
  readonly warmUp: number;
}

/** The name of a column in a dataset and in a model: another version is another column. */
export const featureId = ({ name, version }: Feature): string => `${name}@${version}`;
