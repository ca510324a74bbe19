import { eventually } from './product.ts';
import type { Api } from './product.ts';

/** What a test does with an entry has to fit in what is left of the session, whose clock goes on hours at a time. */
const LEFT_MS = 3 * 3_600_000;

const ASKED = `mutation {
  previewOrder(input: { idempotencyKey: "may-entries-pass", symbol: "SYNA", side: BUY, quantity: "1" }) { ... on OrderPreview { denials { code } } }
}`;

interface Market {
  readonly isOpen: boolean;
  readonly now: string;
  /** The close, while it is open. */
  readonly nextChangeAt: string | null;
}

/** Until the simulated venue is in a session in which the gate lets entries pass: it denies them in the first two minutes, says so itself, and some time is left. */
export async function untilEntriesPass(api: Api): Promise<void> {
  await eventually(
    'a session in which entries pass',
    async () => {
      const { overview } = await api.query<{ overview: { market: Market } }>('{ overview { market { isOpen now nextChangeAt } } }');
      const { isOpen, now, nextChangeAt } = overview.market;
      if (!isOpen || nextChangeAt === null || Date.parse(nextChangeAt) - Date.parse(now) < LEFT_MS) return undefined;
      const { previewOrder } = await api.query<{ previewOrder: { denials?: readonly { readonly code: string }[] } }>(ASKED);
      if (previewOrder.denials === undefined) throw new Error('the gate was not asked');
      return previewOrder.denials.some(({ code }) => code === 'MarketHours') ? undefined : true;
    },
    180_000,
  );
}
