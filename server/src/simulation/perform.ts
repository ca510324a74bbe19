import { price, quantity, ratio, toNumber } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import type { EngineEvent } from '../engine/events.ts';
import { roundToLot, scale } from '../money/money.ts';
import { isWaiting } from '../recommendations/recommendation.ts';
import type { Recommendation, Verdict } from '../recommendations/recommendation.ts';
import type { Order, OrderIntent } from '../orders/order.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import { agentEvents, contradiction } from './agents.ts';
import { closable } from './checks/stop.ts';
import type { Act } from './day.ts';
import type { World } from './world.ts';

const PERSON = 'user:sim';

const tick = (cents: number): Price => price((Math.max(1, Math.round(cents)) / 100).toFixed(2));

/** A person's or program's wish, put to the engine while its process lives; nobody hears it otherwise. */
function say(world: World, event: (at: EngineEvent['at']) => EngineEvent | undefined): void {
  const process = world.lives.current();
  if (process === undefined) return;
  const said = event(process.session.state().now);
  if (said === undefined) return;
  void process.session.command(said).catch((error: unknown) => {
    if (process.alive) world.watch.reported(`command ${said.kind}`, error);
  });
}

/** Further from the price than any collar allows: the gate denies it. */
const ABSURD_OFFSET = 400;
const BURST_STEP_MS = 60;

function burst(world: World, { id, at, symbol, refused, good }: Extract<Act, { kind: 'burst' }>): void {
  for (let number = 0; number < refused + good; number += 1) {
    const offset = number < refused ? ABSURD_OFFSET : -2;
    const one = { id: `${id}-${number}`, at, symbol, side: 'buy', shares: 1 + number, type: 'limit', offset, gtc: false } as const;
    world.scheduler.after(number * BURST_STEP_MS, { alive: true }, () => ticket(world, one));
  }
}

function ticket(world: World, act: Omit<Extract<Act, { kind: 'ticket' }>, 'kind'>): void {
  const cents = world.venue.prices.get(act.symbol) ?? 5_000;
  const priced = tick(cents * (1 + act.offset / 1_000));
  say(world, (at) => {
    const intent: OrderIntent = {
      id: act.id,
      symbol: act.symbol,
      side: act.side,
      quantity: quantity(String(act.shares)),
      type: act.type,
      timeInForce: act.gtc ? 'gtc' : 'day',
      ...(act.type === 'limit' ? { limitPrice: priced } : {}),
      ...(act.type === 'stop' ? { stopPrice: priced } : {}),
      ...(act.type === 'trailing_stop' ? { trail: tick((cents * Math.abs(act.offset)) / 1_000) } : {}),
      reduceOnly: false,
      origin: { kind: 'ticket', principal: PERSON },
      reason: 'ticket',
      createdAt: at,
    };
    return { kind: 'OrderRequested', at, by: PERSON, intent };
  });
}

/** Close what is held of a symbol, as far as no other order does. */
function exit(world: World, { id, symbol }: Extract<Act, { kind: 'exit' }>): void {
  say(world, (at) => {
    const state = world.lives.current()?.session.state();
    const held = state?.positions.get(symbol)?.quantity;
    if (state === undefined || held === undefined) return undefined;
    const left = closable(state, symbol, id);
    if (left === 0n) return undefined;
    const intent: OrderIntent = {
      id,
      symbol,
      side: held > 0n ? 'sell' : 'buy',
      quantity: left as OrderIntent['quantity'],
      type: 'market',
      timeInForce: 'day',
      reduceOnly: true,
      origin: { kind: 'ticket', principal: PERSON },
      reason: 'exit',
      createdAt: at,
    };
    return { kind: 'OrderRequested', at, by: PERSON, intent };
  });
}

type Deciding = Extract<Act, { kind: 'decide' }>;

function verdictOn({ intent }: Recommendation, verdict: Deciding['verdict']): Verdict {
  if (verdict === 'approve') return { kind: verdict };
  if (verdict === 'reject') return { kind: verdict, reason: 'drill' };
  const half = scale(intent.quantity, ratio('0.5'), 'toward-zero');
  return { kind: verdict, quantity: roundToLot(half, quantity('1')), reason: 'drill' };
}

/** One of those that wait, or of those that did where none does. What was on the screen at the first click is what the second is about too. */
function decide(world: World, { which, verdict, clicks }: Deciding): void {
  const known = [...(world.lives.current()?.session.state().recommendations.values() ?? [])];
  const waiting = known.filter(isWaiting);
  const shown = waiting.length > 0 ? waiting : known;
  const asked = shown[Math.floor(which * shown.length)];
  if (asked === undefined) return;
  for (let click = 0; click < clicks; click += 1) {
    say(world, (at) => {
      const who = { by: PERSON, person: 'sim', role: 'trader', confirmedAt: at, decidedAt: at } as const;
      return { kind: 'RecommendationDecided', at, recommendationId: asked.id, verdict: verdictOn(asked, verdict), ...who };
    });
  }
}

/** A price so many thousandths beyond, seen from who holds the position. */
const beyond = (cents: number, thousandths: number, long: boolean): Price => tick(cents * (1 + (long ? 1 : -1) * (thousandths / 1_000)));

function family(world: World, { id, symbol, side, shares, limited, profit, loss, gtc }: Extract<Act, { kind: 'family' }>): void {
  const cents = world.venue.prices.get(symbol) ?? 5_000;
  const long = side === 'buy';
  const stopPrice = loss === undefined ? undefined : beyond(cents, -loss, long);
  say(world, (at) => {
    const intent: OrderIntent = {
      id,
      symbol,
      side,
      quantity: quantity(String(shares)),
      ...(limited ? { type: 'limit', limitPrice: tick(cents) } : { type: 'market' }),
      timeInForce: gtc ? 'gtc' : 'day',
      orderClass: profit === undefined || loss === undefined ? 'oto' : 'bracket',
      ...(profit === undefined ? {} : { takeProfit: { limitPrice: beyond(cents, profit, long) } }),
      ...(stopPrice === undefined ? {} : { stopLoss: { stopPrice }, protectiveStop: stopPrice }),
      reduceOnly: false,
      origin: { kind: 'ticket', principal: PERSON },
      reason: 'with exits',
      createdAt: at,
    };
    return { kind: 'OrderRequested', at, by: PERSON, intent };
  });
}

function guard(world: World, { id, symbol, profit, loss }: Extract<Act, { kind: 'guard' }>): void {
  const cents = world.venue.prices.get(symbol) ?? 5_000;
  say(world, (at) => {
    const state = world.lives.current()?.session.state();
    const held = state?.positions.get(symbol)?.quantity ?? 0n;
    const left = state === undefined ? 0n : closable(state, symbol, id);
    if (left === 0n) return undefined;
    const long = held > 0n;
    const intent: OrderIntent = {
      id,
      symbol,
      side: long ? 'sell' : 'buy',
      quantity: left as OrderIntent['quantity'],
      type: 'limit',
      limitPrice: beyond(cents, profit, long),
      orderClass: 'oco',
      stopLoss: { stopPrice: beyond(cents, -loss, long) },
      timeInForce: 'gtc',
      reduceOnly: true,
      origin: { kind: 'ticket', principal: PERSON },
      reason: 'exits',
      createdAt: at,
    };
    return { kind: 'OrderRequested', at, by: PERSON, intent };
  });
}

/** What a person sees as open, of everybody's orders. */
const openOrdersOf = (world: World): readonly Order[] =>
  [...(world.lives.current()?.session.state().orders.values() ?? [])].filter(({ state }) => !TERMINAL_STATES.has(state));

function replace(world: World, { id, which, offset, more }: Extract<Act, { kind: 'replace' }>): void {
  say(world, (at) => {
    const open = openOrdersOf(world);
    const old = open[Math.floor(which * open.length)];
    if (old === undefined) return undefined;
    const { intent } = old;
    const moved = (given: Price | undefined): Price | undefined =>
      given === undefined ? undefined : tick((toNumber(given) * 100 * (1_000 + offset)) / 1_000);
    const [limitPrice, stopPrice] = [moved(intent.limitPrice), moved(intent.stopPrice)];
    const size = intent.leg === undefined && intent.orderClass === undefined ? Math.max(1, toNumber(intent.quantity) + more) : undefined;
    const wanted: OrderIntent = {
      ...intent,
      id,
      replaces: old.id,
      ...(size === undefined ? {} : { quantity: quantity(String(size)) }),
      ...(limitPrice === undefined ? {} : { limitPrice }),
      ...(stopPrice === undefined ? {} : { stopPrice }),
      ...(intent.trail === undefined ? {} : { trail: tick((toNumber(intent.trail) * 100 * (1_000 + 50 * offset)) / 1_000) }),
      origin: intent.origin.kind === 'ticket' ? { kind: 'ticket', principal: PERSON } : intent.origin,
      createdAt: at,
    };
    return { kind: 'ReplaceRequested', at, by: PERSON, intent: wanted };
  });
}

function cancelOne(world: World, which: number): void {
  say(world, (at) => {
    const open = openOrdersOf(world);
    const order = open[Math.floor(which * open.length)];
    return order === undefined ? undefined : { kind: 'CancelRequested', at, by: PERSON, orderId: order.id };
  });
}

/** All pauses go: each is an act of its own. */
function unpause(world: World): void {
  for (const { code, scope } of world.lives.current()?.session.state().brakes.values() ?? [])
    if (code === 'Pause') say(world, (at) => ({ kind: 'BrakeReleased', at, by: PERSON, code, scope, reason: 'looked at it' }));
}

function foreign(world: World, id: string, symbol: string): void {
  const side = world.dice.draw(`side ${id}`) < 0.5 ? 'buy' : 'sell';
  const cents = world.venue.prices.get(symbol) ?? 5_000;
  const away = world.dice.draw(`away ${id}`) < 0.6;
  const limitCents = Math.max(1, Math.round(cents * (away === (side === 'buy') ? 0.8 : 1.2)));
  world.venue.submit(
    {
      clientId: `elsewhere-${id}`,
      symbol,
      side,
      type: 'limit',
      timeInForce: world.dice.draw(`gtc ${id}`) < 0.5 ? 'gtc' : 'day',
      shares: world.dice.whole(`shares ${id}`, 1, 20),
      limitCents,
    },
    true,
  );
}

function halt(world: World, id: string, symbol: string): void {
  const { venue, scheduler, dice } = world;
  venue.halted.add(symbol);
  scheduler.after(dice.between(`halted ${id}`, 2_000, 60_000), { alive: true }, () => venue.halted.delete(symbol));
}

const setExecution = (world: World, { strategyId, mode }: Extract<Act, { kind: 'execution' }>): void =>
  say(world, (at) => ({ kind: 'StrategyExecutionSet', at, by: PERSON, strategyId, execution: { mode }, reason: 'drill' }));

/** What happens outside the engine's process, or to it. */
export function perform(world: World, act: Act): void {
  const { venue } = world;
  switch (act.kind) {
    case 'open':
      return venue.open();
    case 'close':
      return venue.close();
    case 'bar':
      return world.feed.publishBars();
    case 'price':
      venue.price(act.symbol, act.cents);
      return world.feed.price(act.symbol, act.cents);
    case 'ticket':
      return ticket(world, act);
    case 'burst':
      return burst(world, act);
    case 'exit':
      return exit(world, act);
    case 'family':
      return family(world, act);
    case 'guard':
      return guard(world, act);
    case 'replace':
      return replace(world, act);
    case 'cancel':
      return cancelOne(world, act.which);
    case 'kill':
      say(world, (at) => ({ kind: 'KillSwitchEngaged', at, by: PERSON, action: act.action, reason: 'drill' }));
      return say(world, (at) => contradiction(at, act.action));
    case 'release':
      return say(world, (at) => ({ kind: 'KillSwitchReleased', at, by: PERSON, reason: 'looked at it' }));
    case 'pause':
      return say(world, (at) => ({ kind: 'EntriesPaused', at, by: PERSON, scope: act.scope, reason: 'drill' }));
    case 'unpause':
      return unpause(world);
    case 'limit':
      return say(world, (at) => ({ kind: 'LimitSet', at, by: PERSON, name: act.name, value: act.value, reason: 'drill' }));
    case 'strategy':
      return say(world, (at) =>
        act.on
          ? { kind: 'StrategyEnabled', at, by: PERSON, strategyId: 's1' }
          : { kind: 'StrategyDisabled', at, by: PERSON, strategyId: 's1', reason: 'drill' },
      );
    case 'execution':
      return setExecution(world, act);
    case 'decide':
      return decide(world, act);
    case 'propose':
    case 'let-go':
    case 'policy':
      return agentEvents(world, act).forEach((event) => say(world, event));
    case 'disconnect':
    case 'crash':
    case 'crash-while-writing':
    case 'restart':
    case 'foreign':
    case 'bust':
    case 'correction':
    case 'dividend':
    case 'transfer':
    case 'split':
    case 'halt':
    case 'silence':
      return happen(world, act);
  }
}

type Mishap = Extract<
  Act,
  {
    kind:
      | 'disconnect'
      | 'crash'
      | 'crash-while-writing'
      | 'restart'
      | 'foreign'
      | 'bust'
      | 'correction'
      | 'dividend'
      | 'transfer'
      | 'split'
      | 'halt'
      | 'silence';
  }
>;

function happen(world: World, act: Mishap): void {
  const { venue, faults } = world;
  switch (act.kind) {
    case 'disconnect':
      faults.fired('disconnect', act.id);
      return world.lives.current()?.stream.cut('connection reset by peer');
    case 'crash':
      faults.fired('process-crash', act.id);
      return world.lives.crash();
    case 'crash-while-writing':
      return world.dieAtNextWrite();
    case 'restart':
      return world.lives.restart();
    case 'foreign':
      faults.fired('foreign-order', act.id);
      return foreign(world, act.id, act.symbol);
    case 'bust':
    case 'correction':
      if (venue.revise(act.kind === 'bust' ? 'busted' : 'corrected')) faults.fired(act.kind, act.id);
      return;
    case 'dividend':
    case 'transfer':
      faults.fired(act.kind, act.id);
      return venue.cash(act.cents, act.kind);
    case 'split':
      faults.fired('split', act.id);
      return venue.split(act.symbol);
    case 'halt':
      faults.fired('halt', act.id);
      return halt(world, act.id, act.symbol);
    case 'silence':
      faults.fired('feed-silent', act.id);
      return world.feed.silence(act.symbol, world.dice.between(`silent ${act.id}`, 62_000, 110_000));
  }
}
