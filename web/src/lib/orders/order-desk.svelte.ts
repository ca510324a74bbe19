import { PlaceOrderDocument, PreviewOrderDocument } from '@tidemark/schema/documents';
import type { OrderPartsFragment, PlaceOrderInput, PreviewOrderMutation } from '@tidemark/schema/documents';
import { sentences } from '#lib/format.ts';
import { live } from '#lib/live/live.svelte.ts';
import { keyOnce, RetryKey } from './retry-key.ts';

export type Preview = Extract<PreviewOrderMutation['previewOrder'], { __typename: 'OrderPreview' }>;
/** An order without the key that makes it happen once. */
export type AskedOrder = Omit<PlaceOrderInput, 'idempotencyKey'>;

const PREVIEW_WAIT_MS = 250;

/** What a form for an order asks of the server: the risk gate's verdict while one types, and the order itself. */
export class OrderDesk {
  preview = $state.raw<Preview>();
  wrong = $state.raw<{ readonly field: string; readonly text: string }>();
  failure = $state<string>();
  busy = $state(false);
  readonly denied = $derived(this.preview !== undefined && this.preview.denials.length > 0);
  #asked = 0;
  readonly #keys = new RetryKey();

  /** For another order. */
  reset(): void {
    this.preview = undefined;
    this.wrong = undefined;
    this.failure = undefined;
    this.#asked += 1;
    this.#keys.forget();
  }

  /** Asks the gate in a moment, unless the returned function is called before; without an order there is no verdict. */
  checkSoon(order: AskedOrder | undefined): (() => void) | undefined {
    if (!order) {
      this.preview = undefined;
      return undefined;
    }
    const timer = setTimeout(() => void this.#check(order), PREVIEW_WAIT_MS);
    return () => clearTimeout(timer);
  }

  async #check(order: AskedOrder): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const answer = await live.mutate(PreviewOrderDocument, { input: { ...order, idempotencyKey: keyOnce() } });
    if (mine !== this.#asked) return;
    this.wrong = undefined;
    this.failure = undefined;
    if (!answer.ok) {
      this.failure = answer.message;
      return;
    }
    const result = answer.data.previewOrder;
    if (result.__typename === 'OrderPreview') this.preview = result;
    else if (result.__typename === 'InvalidInputError') this.wrong = { field: result.field, text: sentences(result.message, result.hint) };
    else this.failure = result.message;
  }

  /** Places it; `undefined` where it was not, and the desk says why. The same order again carries the same key until it was answered. */
  async place(order: AskedOrder): Promise<OrderPartsFragment | undefined> {
    this.busy = true;
    this.failure = undefined;
    const answer = await live.mutate(PlaceOrderDocument, { input: { ...order, idempotencyKey: this.#keys.of(order) } });
    this.busy = false;
    if (!answer.ok) {
      this.failure = answer.message;
      return undefined;
    }
    const result = answer.data.placeOrder;
    if (result.__typename === 'OrderPayload') {
      live.takeOrder(result.order);
      return result.order;
    }
    if (result.__typename === 'OrderDeniedError') {
      this.failure = `Denied. ${result.denials.map((one) => one.message).join(' ')}`;
      this.#keys.forget();
    } else if (result.__typename === 'InvalidInputError') {
      this.wrong = { field: result.field, text: sentences(result.message, result.hint) };
    } else this.failure = result.message;
    return undefined;
  }

  errorOf(field: string): string | undefined {
    return this.wrong?.field.endsWith(field) ? this.wrong.text : undefined;
  }
}
