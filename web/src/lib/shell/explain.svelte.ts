/** What a drawer of receipts shows: journal entries of one kind, or about one thing. */
export interface Receipt {
  readonly label: string;
  readonly kind?: string;
  readonly about?: string;
}

class Explain {
  open = $state(false);
  heading = $state('');
  note = $state<string>();
  receipts = $state.raw<readonly Receipt[]>([]);

  /** Opens the drawer on the first of `receipts`. */
  show(heading: string, receipts: readonly Receipt[], note?: string): void {
    this.heading = heading;
    this.receipts = receipts;
    this.note = note;
    this.open = true;
  }
}

export const explain = new Explain();
