/** What turns a row of features into one figure. */
export abstract class Predictor {
  /** `row`: doubles in the order of the model's features, all finite. A probability of class 1, or the value. */
  abstract predict(row: usize): f64;
}
