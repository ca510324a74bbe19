import type { Side } from '@tidemark/schema/documents';

export interface TicketDraft {
  readonly symbol?: string;
  readonly side?: Side;
  readonly quantity?: string;
  readonly reduceOnly?: boolean;
}

/** The one order ticket of the page: a position, the palette or the Orders page opens it with what is already known. */
class Ticket {
  open = $state(false);
  draft = $state.raw<TicketDraft>({});

  show(draft: TicketDraft): void {
    this.draft = draft;
    this.open = true;
  }
}

export const ticket = new Ticket();
