/** Writes what an indicator says of itself as JSON, for the host. */
export class Spec {
  private head: string = '';
  private parameters: string = '';
  private order: string = '';
  private tail: string = '';

  /** Its name in TA-Lib, its usual name, and one sentence. */
  title(name: string, title: string, description: string): void {
    this.head = '"name":"' + name + '","title":"' + title + '","description":"' + description + '"';
  }

  integer(name: string, initial: i32, min: i32, max: i32, description: string): void {
    this.parameter(name, 'integer', initial.toString(), min.toString(), max.toString(), '', description);
  }

  number(name: string, initial: f64, min: f64, max: f64, description: string): void {
    this.parameter(name, 'number', initial.toString(), min.toString(), max.toString(), '', description);
  }

  /** `names` in index order. */
  choice(name: string, initial: i32, names: string, description: string): void {
    const max = names.split(',').length - 1;
    this.parameter(name, 'choice', initial.toString(), '0', max.toString(), ',"choices":' + list(names), description);
  }

  /** The parameter `lower` must not be above `upper`. */
  atMost(lower: string, upper: string): void {
    this.order += (this.order.length ? ',' : '') + list(lower + ',' + upper);
  }

  /** Names of inputs and outputs, with commas between; drawn over the `price`, or in a pane of its `own`. */
  series(inputs: string, outputs: string, pane: string): void {
    this.tail = '"inputs":' + list(inputs) + ',"outputs":' + list(outputs) + ',"pane":"' + pane + '"';
  }

  /** Outputs that are drawn in a pane of their own although the others go over the price. After `series`. */
  ownPane(outputs: string): void {
    this.tail += ',"ownPane":' + list(outputs);
  }

  private parameter(name: string, kind: string, initial: string, min: string, max: string, choices: string, description: string): void {
    const bounds = ',"default":' + initial + ',"min":' + min + ',"max":' + max;
    const text = '{"name":"' + name + '","kind":"' + kind + '"' + bounds + choices + ',"description":"' + description + '"}';
    this.parameters += (this.parameters.length ? ',' : '') + text;
  }

  toJson(): string {
    return '{' + this.head + ',"parameters":[' + this.parameters + '],"ordered":[' + this.order + '],' + this.tail + '}';
  }
}

function list(names: string): string {
  return '["' + names.split(',').join('","') + '"]';
}
