import { setTimeout as sleep } from 'node:timers/promises';
import type { DeskApi } from '../desk-api.ts';

/** One step of the rehearsal: what was to happen, whether it did, and how long it took. */
export interface DrillStep {
  readonly step: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly detail: string;
}

export interface Rehearsal {
  readonly api: DeskApi;
  readonly symbol: string;
  /** Tells ids of this rehearsal from those of any other. */
  readonly stem: string;
  readonly onStep: (step: DrillStep) => void;
  /** How long each thing may take. */
  readonly patienceMs?: number;
  /** Open orders at the exchange itself, where it can be asked. */
  readonly openAtExchange?: () => Promise<number>;
}

/** A rehearsal on real money is refused before anything is done. */
export class LiveAccount extends Error {
  override readonly name = 'LiveAccount';
}

interface Placed {
  readonly __typename: string;
  readonly message?: string;
  readonly order?: { readonly id: string };
  readonly denials?: readonly { readonly code: string; readonly message: string }[];
}
interface Overview {
  readonly mode: string;
  readonly tradingState: string;
  readonly brokerConnected: boolean;
  readonly equity: string | null;
  readonly market: { readonly isOpen: boolean };
}
interface Delivery {
  readonly channel: string;
  readonly step: number;
  readonly state: string;
  readonly problem: string | null;
}
interface Alert {
  readonly code: string;
  readonly detail: string;
  readonly deliveries: readonly Delivery[];
}

const OVERVIEW = '{ overview { mode tradingState brokerConnected equity market { isOpen } } }';
const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on Error { message }
  ... on OrderPayload { order { id } } ... on OrderDeniedError { order { id } denials { code message } } } }`;
const KILL = `mutation ($reason: String!) { engageKillSwitch(input: { action: FREEZE, reason: $reason }) { __typename ... on Error { message }
  ... on ControlsPayload { controls { tradingState } } } }`;
const PREVIEW =
  'mutation ($input: PlaceOrderInput!) { previewOrder(input: $input) { ... on OrderPreview { referencePrice } ... on Error { message } } }';
const ORDER = 'query ($id: ID!) { order(id: $id) { state filledQuantity } }';
const ALERTS = '{ alerts(first: 50, open: true) { edges { node { code detail deliveries { channel step state problem } } } } }';

const RESTING = 3;
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** Below the price, so that they rest; each its own price, so that none is taken for another. */
const PERCENTS = [80, 79, 78, 77, 76] as const;
const ENDED: ReadonlySet<string> = new Set(['CANCELED', 'DENIED', 'REJECTED', 'EXPIRED']);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Asks until there is an answer; what was seen last where there is none in time. */
async function within<T>(ms: number, ask: () => Promise<T | string>, isAnswer: (value: T | string) => value is T): Promise<T> {
  const endAt = performance.now() + ms;
  for (;;) {
    const seen = await ask();
    if (isAnswer(seen)) return seen;
    if (performance.now() >= endAt) throw new Error(`not within ${ms / 1000} s: ${seen}`);
    await sleep(LOOK_EVERY_MS);
  }
}

const holds = (value: true | string): value is true => value === true;

class Steps {
  readonly #onStep: Rehearsal['onStep'];
  ok = true;
  constructor(onStep: Rehearsal['onStep']) {
    this.#onStep = onStep;
  }
  /** Does one step and tells how it went; `undefined` where it failed. */
  async take<T>(step: string, work: () => Promise<{ readonly detail: string; readonly value: T }>): Promise<T | undefined> {
    const startedAt = performance.now();
    const told = (ok: boolean, detail: string): void => this.#onStep({ step, ok, ms: Math.round(performance.now() - startedAt), detail });
    try {
      const { detail, value } = await work();
      told(true, detail);
      return value;
    } catch (error) {
      if (error instanceof LiveAccount) throw error;
      this.ok = false;
      told(false, reasonOf(error));
      return undefined;
    }
  }
}

const centsOf = (reference: string, percent: number): string => (Math.floor(Number(reference) * percent) / 100).toFixed(2);

function ticket({ stem, symbol }: Rehearsal, number: number, reference: string): Record<string, unknown> {
  const limitPrice = centsOf(reference, PERCENTS[number] ?? PERCENTS[0]);
  const fields = {
    symbol,
    side: 'BUY',
    quantity: '1',
    type: 'LIMIT',
    limitPrice,
    timeInForce: 'DAY',
    reason: 'a drill of the kill switch',
  };
  return { input: { idempotencyKey: `${stem}-${number}`, ...fields } };
}

async function place(rehearsal: Rehearsal, number: number, reference: string): Promise<Placed> {
  const { placeOrder } = await rehearsal.api.query<{ placeOrder: Placed }>(PLACE, ticket(rehearsal, number, reference));
  return placeOrder;
}

const saidOf = ({ message, denials }: Placed): string =>
  denials === undefined ? (message ?? 'no answer') : denials.map(({ code, message: why }) => `${code}: ${why}`).join(' ');

async function ready({ api, patienceMs = PATIENCE_MS }: Rehearsal): Promise<{ detail: string; value: string }> {
  const { overview: first } = await api.query<{ overview: Overview }>(OVERVIEW);
  if (first.mode === 'LIVE')
    throw new LiveAccount('This server trades with real money: the kill switch is rehearsed on a paper or a simulated account');
  await within<true>(
    patienceMs,
    async () => {
      const { tradingState, brokerConnected, equity, market } = (await api.query<{ overview: Overview }>(OVERVIEW)).overview;
      if (tradingState !== 'ACTIVE') return `trading is ${tradingState}: a drill begins with ACTIVE`;
      if (!brokerConnected || equity === null) return 'the broker is not connected, or not reconciled';
      return market.isOpen ? true : 'the market is closed';
    },
    holds,
  );
  return { detail: `${first.mode.toLowerCase()} account, ACTIVE, connected, the market is open`, value: first.mode };
}

async function placeResting(rehearsal: Rehearsal): Promise<{ detail: string; value: { ids: readonly string[]; reference: string } }> {
  const { api, symbol, stem } = rehearsal;
  const input = { idempotencyKey: `${stem}-look`, symbol, side: 'BUY', quantity: '1' };
  const { previewOrder } = await api.query<{ previewOrder: { referencePrice?: string | null; message?: string } }>(PREVIEW, { input });
  const reference = previewOrder.referencePrice ?? undefined;
  if (reference === undefined) throw new Error(previewOrder.message ?? `there is no price of ${symbol}`);
  const ids: string[] = [];
  for (let number = 0; number < RESTING; number += 1) {
    const placed = await place(rehearsal, number, reference);
    if (placed.__typename !== 'OrderPayload' || placed.order === undefined) throw new Error(saidOf(placed));
    ids.push(placed.order.id);
  }
  return { detail: `${RESTING} buys of 1 ${symbol} below the price of ${reference}`, value: { ids, reference } };
}

const stateOf = async ({ api }: Rehearsal, id: string): Promise<{ state: string; filledQuantity: string }> => {
  const { order } = await api.query<{ order: { state: string; filledQuantity: string } | null }>(ORDER, { id });
  return order ?? { state: 'NOWHERE', filledQuantity: '0' };
};

async function untilAll(rehearsal: Rehearsal, ids: readonly string[], states: ReadonlySet<string>): Promise<void> {
  await within<true>(
    rehearsal.patienceMs ?? PATIENCE_MS,
    async () => {
      const seen = await Promise.all(ids.map((id) => stateOf(rehearsal, id)));
      return seen.every(({ state }) => states.has(state)) ? true : `orders are ${seen.map(({ state }) => state).join(', ')}`;
    },
    holds,
  );
}

/** The switch is engaged while one more order is on its way: whichever comes first, it must not stay. */
async function kill(rehearsal: Rehearsal, reference: string): Promise<{ detail: string; value: readonly string[] }> {
  const [inFlight, { engageKillSwitch: answer }] = await Promise.all([
    place(rehearsal, RESTING, reference),
    rehearsal.api.query<{ engageKillSwitch: { message?: string; controls?: { tradingState: string } } }>(KILL, {
      reason: `drill ${rehearsal.stem}`,
    }),
  ]);
  if (answer.controls?.tradingState !== 'FROZEN')
    throw new Error(answer.message ?? `trading is ${answer.controls?.tradingState ?? 'unknown'}`);
  const how = inFlight.__typename === 'OrderPayload' ? 'let through just before' : 'denied';
  return { detail: `trading is FROZEN; the order in flight was ${how}`, value: inFlight.order === undefined ? [] : [inFlight.order.id] };
}

async function cancelled(rehearsal: Rehearsal, ids: readonly string[]): Promise<{ detail: string; value: true }> {
  await untilAll(rehearsal, ids, ENDED);
  const filled = (await Promise.all(ids.map((id) => stateOf(rehearsal, id)))).filter(({ filledQuantity }) => Number(filledQuantity) !== 0);
  if (filled.length > 0) throw new Error(`${filled.length} orders have filled: look at the positions`);
  return { detail: `${ids.length} orders have ended, none filled`, value: true };
}

async function refused(rehearsal: Rehearsal, reference: string): Promise<{ detail: string; value: true }> {
  const placed = await place(rehearsal, RESTING + 1, reference);
  if (placed.denials?.some(({ code }) => code === 'TradingState') !== true)
    throw new Error(`a new order was not denied: ${saidOf(placed)}`);
  return { detail: 'a new order is denied: TradingState', value: true };
}

async function alertOf({ api, stem, patienceMs = PATIENCE_MS }: Rehearsal): Promise<Alert> {
  const isAlert = (value: Alert | string): value is Alert => typeof value !== 'string';
  return await within<Alert>(
    patienceMs,
    async () => {
      const { alerts } = await api.query<{ alerts: { edges: { node: Alert }[] } }>(ALERTS);
      const found = alerts.edges.find(({ node }) => node.code === 'KillSwitch' && node.detail.includes(stem));
      return found === undefined ? 'no alert' : found.node;
    },
    isAlert,
  );
}

async function told(rehearsal: Rehearsal, channel: string): Promise<{ detail: string; value: true }> {
  let atOnce = true;
  await within<true>(
    rehearsal.patienceMs ?? PATIENCE_MS,
    async () => {
      const { deliveries } = await alertOf(rehearsal);
      const delivery = deliveries.find((each) => each.channel === channel && each.step === 0);
      // All rows of an alert are written at once: a channel without one is kept by the rules for later, or for other alerts.
      atOnce = deliveries.length === 0 || delivery !== undefined;
      return !atOnce || delivery?.state === 'sent' ? true : (delivery?.problem ?? 'it waits');
    },
    holds,
  );
  return { detail: atOnce ? 'the alert was taken' : 'the rules tell this channel of it later, or not', value: true };
}

async function tellAll(steps: Steps, rehearsal: Rehearsal): Promise<void> {
  await steps.take('alert in the dashboard', async () => {
    await alertOf(rehearsal);
    return { detail: 'KillSwitch is open', value: true };
  });
  const { alertChannels } = await rehearsal.api.query<{ alertChannels: { name: string; target: string }[] }>(
    '{ alertChannels { name target } }',
  );
  for (const { name, target } of alertChannels) await steps.take(`alert by ${name} to ${target}`, () => told(rehearsal, name));
}

/**
 * Places orders, engages the kill switch, and looks whether all happens that should. Nothing is released: that is for two people. True where every step
 * went as it should. Throws {@link LiveAccount}.
 */
export async function rehearse(rehearsal: Rehearsal): Promise<boolean> {
  const { openAtExchange, onStep } = rehearsal;
  const steps = new Steps(onStep);
  if ((await steps.take('ready', () => ready(rehearsal))) === undefined) return false;
  const placed = await steps.take('orders placed', () => placeResting(rehearsal));
  // Whatever rests by now must not stay, so that the switch is engaged all the same.
  const { ids, reference } = placed ?? { ids: [], reference: '100' };
  await steps.take('orders at the broker', async () => {
    if (ids.length === 0) throw new Error('there are none');
    await untilAll(rehearsal, ids, new Set(['WORKING']));
    return { detail: `${ids.length} orders work`, value: true };
  });
  const inFlight = (await steps.take('kill switch', () => kill(rehearsal, reference))) ?? [];
  await steps.take('orders cancelled', () => cancelled(rehearsal, [...ids, ...inFlight]));
  if (openAtExchange !== undefined)
    await steps.take('nothing at the exchange', async () => {
      const open = await openAtExchange();
      if (open > 0) throw new Error(`${open} orders are open there`);
      return { detail: 'no open order there', value: true };
    });
  await steps.take('gate closed', () => refused(rehearsal, reference));
  await tellAll(steps, rehearsal);
  await steps.take('stays stopped', async () => {
    const { overview } = await rehearsal.api.query<{ overview: Overview }>(OVERVIEW);
    if (overview.tradingState !== 'FROZEN') throw new Error(`trading is ${overview.tradingState}`);
    return { detail: 'trading is FROZEN until two people release it', value: true };
  });
  return steps.ok;
}
