/** When a form is filled: once for each choice in each opening. What is pushed, or read again, later must not undo what somebody has typed. */
export class Filling {
  #choice: string | undefined;

  /** Whether this choice is a new one. `undefined` where nothing can be filled in yet. */
  isDue(isOpen: boolean, choice: string | undefined): boolean {
    if (!isOpen) this.#choice = undefined;
    if (!isOpen || choice === undefined || choice === this.#choice) return false;
    this.#choice = choice;
    return true;
  }
}
