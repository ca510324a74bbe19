/** Asks the person to prove again who they are; whoever waits hears whether they did. */
class ConfirmLogin {
  open = $state(false);
  #waiting: ((confirmed: boolean) => void)[] = [];

  ask(): Promise<boolean> {
    this.open = true;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  settle(confirmed: boolean): void {
    this.open = false;
    for (const resolve of this.#waiting.splice(0)) resolve(confirmed);
  }
}

export const confirmLogin = new ConfirmLogin();
