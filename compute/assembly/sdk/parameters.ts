/** Kinds of parameter, as the host knows them. */
export const INTEGER: i32 = 0;
export const NUMBER: i32 = 1;
export const CHOICE: i32 = 2;

/** A declared parameter. Its value is bound before `onStart`; until then it is the default. */
export class Parameter {
  readonly kind: i32;
  readonly name: string;
  readonly initial: f64;
  readonly min: f64;
  readonly max: f64;
  readonly choices: string[];
  readonly description: string;
  private bound: f64;

  constructor(kind: i32, name: string, initial: f64, min: f64, max: f64, choices: string[], description: string) {
    this.kind = kind;
    this.name = name;
    this.initial = initial;
    this.min = min;
    this.max = max;
    this.choices = choices;
    this.description = description;
    this.bound = initial;
  }

  get value(): f64 {
    return this.bound;
  }

  /** The value as a whole number: for counts of bars. */
  get int(): i32 {
    return i32(this.bound);
  }

  /** Whether this choice is the one of that name. */
  is(choice: string): bool {
    const index = i32(this.bound);
    return index >= 0 && index < this.choices.length && this.choices[index] == choice;
  }

  /** False when the value is outside what was declared. */
  bind(value: f64): bool {
    if (!(value >= this.min && value <= this.max)) return false;
    if (this.kind != NUMBER && value != Math.floor(value)) return false;
    this.bound = value;
    return true;
  }
}

/** Every parameter, in the order of declaration: the order in which the host binds them. */
export const declared: Parameter[] = [];

function enlist(parameter: Parameter): Parameter {
  declared.push(parameter);
  return parameter;
}

/** A whole number in [min, max]. */
export function integer(name: string, initial: i32, min: i32, max: i32, description: string): Parameter {
  return enlist(new Parameter(INTEGER, name, f64(initial), f64(min), f64(max), [], description));
}

/** A number in [min, max]. */
export function number(name: string, initial: f64, min: f64, max: f64, description: string): Parameter {
  return enlist(new Parameter(NUMBER, name, initial, min, max, [], description));
}

/** One of several names; the first is the default. */
export function choice(name: string, choices: string[], description: string): Parameter {
  return enlist(new Parameter(CHOICE, name, 0, 0, f64(choices.length - 1), choices, description));
}
