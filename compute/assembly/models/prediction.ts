/** What turns a row of features into one figure. */
export abstract class Predictor {
  /** `row`: doubles in the order of the model's features, all finite. A probability of class 1, or the value. */
  abstract predict(row: usize): f64;

  /** Whether the figure is the mean of members that each give one. */
  get isEnsemble(): bool {
    return false;
  }

  /** How far the members' figures lie apart, as their standard deviation; not-a-number of a model that has none. */
  spread(row: usize): f64 {
    return NaN;
  }
}
