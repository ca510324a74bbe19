import type { BrakeScope } from '../risk/brakes.ts';
import type { Dice } from './dice.ts';
import type { ExecutionMode } from '../strategies/execution.ts';
import type { Faults } from './faults.ts';

/** Something that somebody or something outside the engine does, at its time. Named, so that a failing run can be repeated without it. */
export type Act = { readonly id: string; readonly at: number } & Deed;

/** A kind of deed for each of the words, each with the same further fields. */
type Plain<K extends string, Fields = unknown> = K extends string ? { readonly kind: K } & Fields : never;

export type Deed =
  | Plain<'open' | 'close' | 'bar' | 'release' | 'disconnect' | 'crash' | 'crash-while-writing' | 'restart' | 'bust' | 'correction'>
  | Plain<'exit' | 'halt' | 'split' | 'foreign' | 'silence', { readonly symbol: string }>
  | Plain<'dividend' | 'transfer', { readonly cents: number }>
  | { readonly kind: 'price'; readonly symbol: string; readonly cents: number }
  | {
      readonly kind: 'ticket';
      readonly symbol: string;
      readonly side: 'buy' | 'sell';
      readonly shares: number;
      readonly type: 'market' | 'limit' | 'stop' | 'trailing_stop';
      /** From the price of the moment, in its thousandths; of a trailing stop its distance. */
      readonly offset: number;
      readonly gtc: boolean;
    }
  /** An entry with its exits: both, or one of them; distances are in thousandths of the price. */
  | {
      readonly kind: 'family';
      readonly symbol: string;
      readonly side: 'buy' | 'sell';
      readonly shares: number;
      readonly limited: boolean;
      readonly profit: number | undefined;
      readonly loss: number | undefined;
      readonly gtc: boolean;
    }
  /** Exits for what is held, of which one cancels the other. */
  | { readonly kind: 'guard'; readonly symbol: string; readonly profit: number; readonly loss: number }
  /** Another price, and now and then another size, for one of the open orders. */
  | { readonly kind: 'replace'; readonly which: number; readonly offset: number; readonly more: number }
  /** Orders in a second that nobody could mean, and some that anybody could. */
  | { readonly kind: 'burst'; readonly symbol: string; readonly refused: number; readonly good: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'kill'; readonly action: 'freeze' | 'flatten' }
  | { readonly kind: 'limit'; readonly name: 'orderNotionalUsdMax' | 'grossExposureRatioMax' | 'openPositionsMax'; readonly value: string }
  /** Somebody pauses what opens positions, or lets all of their pauses go. */
  | { readonly kind: 'pause'; readonly scope: BrakeScope }
  | { readonly kind: 'unpause' }
  | { readonly kind: 'strategy'; readonly on: boolean }
  /** How a strategy's orders leave from here on. */
  | { readonly kind: 'execution'; readonly strategyId: string; readonly mode: ExecutionMode }
  /** A person decides about what waits, or waited: once, or with a second click. */
  | { readonly kind: 'decide'; readonly which: number; readonly verdict: 'approve' | 'reduce' | 'reject'; readonly clicks: 1 | 2 }
  /** An agent asks for an order, or floods with many. */
  | {
      readonly kind: 'propose';
      readonly agent: 'a1' | 'a2';
      readonly symbol: string;
      readonly shares: number;
      readonly times: number;
      readonly minutes: number;
    }
  /** Somebody approves what an agent proposed: as it should be, or in a way that must not count. */
  | {
      readonly kind: 'let-go';
      readonly which: number;
      readonly who: 'sim' | 'olga';
      readonly attack: 'none' | 'hash' | 'policy' | 'key' | 'old';
      readonly clicks: 1 | 2;
    }
  /** The risk policy changes while people look. */
  | { readonly kind: 'policy'; readonly value: string };

export interface Day {
  /** Whether strategies let stops follow the price. */
  readonly families: boolean;
  readonly hours: Hours;
  readonly symbols: readonly string[];
  readonly startsAt: number;
  /** When faults stop. */
  readonly faultsEndAt: number;
  readonly endsAt: number;
  /** Pieces of the day that are played; between them time is skipped. */
  readonly gaps: readonly { readonly from: number; readonly to: number; readonly how: 'jump' | 'crash' | 'restart' }[];
  readonly acts: readonly Act[];
}

/** A trading day's hours in UTC: written down, so that the product's calendar is not believed. */
export interface Hours {
  readonly openAt: number;
  readonly closeAt: number;
}

const SUMMER = ['13:30', '20:00'] as const;
const WINTER = ['14:30', '21:00'] as const;
type Row = readonly [date: string, open: string, close: string];
const DAYS: readonly Row[] = [
  ['2024-05-14', ...SUMMER],
  ['2024-08-21', ...SUMMER],
  ['2023-10-17', ...SUMMER],
  ['2025-02-05', ...WINTER],
  ['2024-12-31', ...WINTER],
  ['2022-06-15', ...SUMMER],
];
const HALF_DAYS: readonly Row[] = [
  ['2024-11-29', '14:30', '18:00'],
  ['2024-07-03', '13:30', '17:00'],
  ['2023-11-24', '14:30', '18:00'],
];
/** The first session after the clocks have changed. */
const CLOCK_CHANGES: readonly Row[] = [
  ['2024-03-11', ...SUMMER],
  ['2024-11-04', ...WINTER],
  ['2023-03-13', ...SUMMER],
];
const SYMBOLS = ['ALDR', 'BIRC', 'CEDR', 'DOGW', 'ELMM'] as const;
const SECOND = 1_000;
const LIVENESS_MS = 200 * SECOND;

function hoursFor(dice: Dice, faults: Faults): Hours {
  const special = faults.has('half-day') ? HALF_DAYS : faults.has('daylight-saving') ? CLOCK_CHANGES : undefined;
  if (special !== undefined) faults.fired(special === HALF_DAYS ? 'half-day' : 'daylight-saving', 'the day');
  const [date, open, close] = dice.pick('day', special ?? DAYS);
  return { openAt: Date.parse(`${date}T${open}:00Z`), closeAt: Date.parse(`${date}T${close}:00Z`) };
}

interface Window {
  readonly from: number;
  readonly to: number;
}

/** The parts of the day that are worth playing: its opening, a while in its middle, its end. */
function windowsOf({ openAt, closeAt }: Hours, dice: Dice): readonly Window[] {
  const middle = openAt + dice.between('middle', 0.2, 0.8) * (closeAt - openAt);
  return [
    { from: openAt - 5 * SECOND, to: openAt + 10 * SECOND },
    // Entries are let through from two minutes after the opening to two minutes before the close.
    { from: openAt + 115 * SECOND, to: openAt + 235 * SECOND },
    { from: middle, to: middle + 110 * SECOND },
    { from: closeAt - 150 * SECOND, to: closeAt + 15 * SECOND },
  ];
}

/** Some acts of one kind at times of the windows. */
function some(dice: Dice, windows: readonly Window[], name: string, most: number, deed: (name: string) => Deed | undefined): Act[] {
  const acts: Act[] = [];
  const count = dice.whole(`count ${name}`, 0, most);
  for (let number = 1; number <= count; number += 1) {
    const id = `${name}-${number}`;
    const { from, to } = dice.pick(`window ${id}`, windows.slice(1));
    const done = deed(id);
    if (done !== undefined) acts.push({ id, at: dice.between(`at ${id}`, from, to), ...done });
  }
  return acts;
}

function pricesOf(dice: Dice, windows: readonly Window[], symbol: string): Act[] {
  const acts: Act[] = [];
  let cents = dice.whole(`price ${symbol}`, 2_000, 20_000);
  const pace = dice.between(`pace ${symbol}`, 4, 14);
  const swing = dice.draw(`swing ${symbol}`) < 0.15 ? 0.03 : 0.004;
  for (const { from, to } of windows) {
    for (let at = from, number = 1; at < to; number += 1) {
      const id = `price-${symbol}-${Math.round(from)}-${number}`;
      cents = Math.max(600, Math.round(cents * (1 + dice.between(`move ${id}`, -swing, swing))));
      acts.push({ id, at, kind: 'price', symbol, cents });
      at += dice.between(`step ${id}`, 0.3, 1.7) * pace * SECOND;
    }
  }
  return acts;
}

const LIMITS: readonly (readonly ['orderNotionalUsdMax' | 'grossExposureRatioMax' | 'openPositionsMax', readonly string[]])[] = [
  ['orderNotionalUsdMax', ['2000', '5000', '25000']],
  ['grossExposureRatioMax', ['0.2', '0.5', '1']],
  ['openPositionsMax', ['1', '2', '20']],
];

/** The kill switch, and an order that somebody sends just before: still on its way when the gate closes. */
function kills(dice: Dice, windows: readonly Window[], symbols: readonly string[]): Act[] {
  return some(dice, windows, 'kill', 1, (id) => ({ kind: 'kill', action: dice.pick(`action ${id}`, ['freeze', 'flatten']) })).flatMap(
    (kill) => {
      if (dice.draw(`killed ${kill.id}`) < 0.4) return [];
      const id = `hasty-${kill.id}`;
      const symbol = dice.pick(`symbol ${id}`, symbols);
      const hasty: Act = { id, at: kill.at - 15, kind: 'ticket', symbol, side: 'buy', shares: 3, type: 'limit', offset: -25, gtc: true };
      return [hasty, kill];
    },
  );
}

/** Days on which people look at what strategies want before it is sent. */
const WATCHED_SHARE = 0.3;
export const isWatchedDay = (dice: Dice): boolean => dice.draw('watched') < WATCHED_SHARE;

/** What is decided about is picked from what waits at that moment. */
function watchedActs(dice: Dice, windows: readonly Window[]): Act[] {
  if (!isWatchedDay(dice)) return [];
  return [
    ...some(dice, windows, 'decide', 60, (id) => ({
      kind: 'decide',
      which: dice.draw(`which ${id}`),
      verdict: dice.pick(`verdict ${id}`, ['approve', 'approve', 'approve', 'reduce', 'reject']),
      clicks: dice.pick(`clicks ${id}`, [1, 1, 2]),
    })),
    ...some(dice, windows, 'execution', 2, (id) => ({
      kind: 'execution',
      strategyId: dice.pick(`strategy ${id}`, ['s1', 's2', 's3']),
      mode: dice.pick(`mode ${id}`, ['automatic', 'recommend', 'shadow']),
    })),
  ];
}

/** Days on which agents propose orders. */
const AGENTS_SHARE = 0.4;

function agentActs(dice: Dice, windows: readonly Window[], symbols: readonly string[]): Act[] {
  if (dice.draw('agents') >= AGENTS_SHARE) return [];
  return [
    ...some(dice, windows, 'propose', 40, (id) => ({
      kind: 'propose',
      agent: dice.pick(`agent ${id}`, ['a1', 'a2']),
      symbol: dice.pick(`symbol ${id}`, symbols),
      shares: dice.whole(`shares ${id}`, 1, 25),
      times: dice.pick(`times ${id}`, [1, 1, 1, 1, 9]),
      minutes: dice.pick(`minutes ${id}`, [5, 60, 120]),
    })),
    ...some(dice, windows, 'let-go', 80, (id) => ({
      kind: 'let-go',
      which: dice.draw(`which ${id}`),
      who: dice.pick(`who ${id}`, ['sim', 'sim', 'olga']),
      attack: dice.pick(`attack ${id}`, ['none', 'none', 'none', 'none', 'hash', 'policy', 'key', 'old']),
      clicks: dice.pick(`clicks ${id}`, [1, 1, 2]),
    })),
    ...some(dice, windows, 'policy', 2, (id) => ({ kind: 'policy', value: dice.pick(`value ${id}`, ['3', '4', '5']) })),
  ];
}

/** Orders that hang together, and second thoughts about any. */
function familyActs(dice: Dice, windows: readonly Window[], symbols: readonly string[]): Act[] {
  const symbolOf = (id: string): string => dice.pick(`symbol ${id}`, symbols);
  return [
    ...some(dice, windows, 'family', 10, (id) => {
      const exits = dice.pick(`exits ${id}`, ['both', 'both', 'profit', 'loss'] as const);
      return {
        kind: 'family',
        symbol: symbolOf(id),
        side: dice.draw(`side ${id}`) < 0.7 ? 'buy' : 'sell',
        shares: dice.whole(`shares ${id}`, 2, 40),
        limited: dice.draw(`limited ${id}`) < 0.4,
        profit: exits === 'loss' ? undefined : dice.between(`profit ${id}`, 1, 12),
        loss: exits === 'profit' ? undefined : dice.between(`loss ${id}`, 1, 10),
        gtc: dice.draw(`gtc ${id}`) < 0.5,
      };
    }),
    ...some(dice, windows, 'trailing', 6, (id) => ({
      kind: 'ticket',
      symbol: symbolOf(id),
      side: dice.draw(`side ${id}`) < 0.55 ? 'buy' : 'sell',
      shares: dice.whole(`shares ${id}`, 1, 40),
      type: 'trailing_stop',
      offset: dice.between(`offset ${id}`, -12, 12),
      gtc: dice.draw(`gtc ${id}`) < 0.3,
    })),
    ...some(dice, windows, 'guard', 5, (id) => ({
      kind: 'guard',
      symbol: symbolOf(id),
      profit: dice.between(`profit ${id}`, 1, 12),
      loss: dice.between(`loss ${id}`, 1, 10),
    })),
    ...some(dice, windows, 'replace', 12, (id) => ({
      kind: 'replace',
      which: dice.draw(`which ${id}`),
      offset: dice.between(`offset ${id}`, -6, 6),
      more: dice.pick(`more ${id}`, [0, 0, 0, 3, -2]),
    })),
  ];
}

function personalActs(dice: Dice, windows: readonly Window[], symbols: readonly string[]): Act[] {
  const symbolOf = (id: string): string => dice.pick(`symbol ${id}`, symbols);
  return [
    ...some(dice, windows, 'ticket', 40, (id) => ({
      kind: 'ticket',
      symbol: symbolOf(id),
      side: dice.draw(`side ${id}`) < 0.55 ? 'buy' : 'sell',
      shares: dice.whole(`shares ${id}`, 1, 70),
      type: dice.pick(`type ${id}`, ['market', 'limit', 'limit', 'stop']),
      offset: dice.between(`offset ${id}`, -12, 12),
      gtc: dice.draw(`gtc ${id}`) < 0.3,
    })),
    ...some(dice, windows, 'burst', 1, (id) => ({
      kind: 'burst',
      symbol: symbolOf(id),
      refused: dice.whole(`refused ${id}`, 0, 6),
      good: dice.whole(`good ${id}`, 1, 4),
    })),
    ...some(dice, windows, 'exit', 5, (id) => ({ kind: 'exit', symbol: symbolOf(id) })),
    ...some(dice, windows, 'cancel', 8, (id) => ({ kind: 'cancel', which: dice.draw(`which ${id}`) })),
    ...kills(dice, windows, symbols),
    ...some(dice, windows, 'release', 2, () => ({ kind: 'release' })),
    ...some(dice, windows, 'pause', 2, (id) => ({
      kind: 'pause',
      scope: dice.pick(`paused ${id}`, [
        { kind: 'account' },
        { kind: 'strategy', strategyId: 's1' },
        { kind: 'symbol', symbol: symbolOf(id) },
      ] as const),
    })),
    ...some(dice, windows, 'unpause', 4, () => ({ kind: 'unpause' })),
    ...some(dice, windows, 'limit', 2, (id) => {
      const [name, values] = dice.pick(`limit ${id}`, LIMITS);
      return { kind: 'limit', name, value: dice.pick(`value ${id}`, values) };
    }),
    ...watchedActs(dice, windows),
    ...agentActs(dice, windows, symbols),
    ...some(dice, windows, 'strategy', 2, (id) => ({ kind: 'strategy', on: dice.draw(`on ${id}`) < 0.6 })),
  ];
}

/** What a schedule brings about, where the seed has the fault at all. */
function scheduledFaults(dice: Dice, faults: Faults, windows: readonly Window[], symbols: readonly string[]): Act[] {
  const symbolOf = (id: string): string => dice.pick(`symbol ${id}`, symbols);
  const when = (has: boolean, name: string, most: number, deed: (id: string) => Deed): Act[] =>
    has ? some(dice, windows, name, most, deed) : [];
  return [
    ...when(faults.has('disconnect'), 'disconnect', 5, () => ({ kind: 'disconnect' })),
    ...when(faults.has('process-crash'), 'crash', 2, () => ({ kind: 'crash' })),
    ...when(faults.has('crash-while-writing'), 'crash-while-writing', 3, () => ({ kind: 'crash-while-writing' })),
    ...when(dice.draw('has restart') < 0.3, 'restart', 1, () => ({ kind: 'restart' })),
    ...when(faults.has('foreign-order') && dice.draw('rare foreign') < 0.3, 'foreign', 3, (id) => ({
      kind: 'foreign',
      symbol: symbolOf(id),
    })),
    ...when(faults.has('bust') && dice.draw('rare bust') < 0.2, 'bust', 1, () => ({ kind: 'bust' })),
    ...when(faults.has('correction') && dice.draw('rare correction') < 0.2, 'correction', 1, () => ({ kind: 'correction' })),
    ...when(faults.has('dividend'), 'dividend', 2, (id) => ({ kind: 'dividend', cents: dice.whole(`cents ${id}`, 5, 90_000) })),
    ...when(faults.has('transfer'), 'transfer', 1, (id) => ({ kind: 'transfer', cents: dice.whole(`cents ${id}`, -900_000, 2_000_000) })),
    ...when(faults.has('split') && dice.draw('rare split') < 0.2, 'split', 1, (id) => ({ kind: 'split', symbol: symbolOf(id) })),
    ...when(faults.has('halt'), 'halt', 2, (id) => ({ kind: 'halt', symbol: symbolOf(id) })),
    ...when(faults.has('feed-silent'), 'silence', 2, (id) => ({ kind: 'silence', symbol: symbolOf(id) })),
  ];
}

export interface DayOptions {
  /** Acts and gaps that are left out. */
  readonly without: ReadonlySet<string>;
}

/** The share of days in which orders hang together, follow the price and are replaced, beside all else. */
const FAMILIES_SHARE = 0.5;
export const hasFamilies = (dice: Dice): boolean => dice.draw('families') < FAMILIES_SHARE;

/** One seed's day: which session, what is traded, what happens. */
export function planDay(dice: Dice, faults: Faults, { without }: DayOptions): Day {
  const families = hasFamilies(dice);
  const hours = hoursFor(dice, faults);
  const windows = windowsOf(hours, dice);
  const symbols = SYMBOLS.slice(0, dice.whole('symbols', 2, SYMBOLS.length));
  const [first] = windows;
  const last = windows.at(-1);
  const startsAt = first?.from ?? hours.openAt;
  const faultsEndAt = last?.to ?? hours.closeAt;
  const bars = windows.flatMap(({ from, to }): Act[] => {
    const acts: Act[] = [];
    for (let at = Math.ceil(from / 60_000) * 60_000; at < to; at += 60_000) acts.push({ id: `bar-${at}`, at: at + 50, kind: 'bar' });
    return acts;
  });
  const gaps = windows.slice(1).map(({ from }, index) => {
    const how = dice.pick(`gap ${index}`, ['jump', 'jump', 'crash', 'restart'] as const);
    return {
      from: windows[index]?.to ?? from,
      to: from,
      how:
        without.has(`gap:${Math.round(from)}`) || (how === 'jump' && faults.has('clock-jump'))
          ? ('jump' as const)
          : how === 'jump'
            ? ('restart' as const)
            : how,
    };
  });
  const fixed: Act[] = [
    { id: 'open', at: hours.openAt, kind: 'open' },
    { id: 'close', at: hours.closeAt, kind: 'close' },
  ];
  const free = [
    ...symbols.flatMap((symbol) => pricesOf(dice, windows, symbol)),
    ...bars,
    ...personalActs(dice, windows, symbols),
    ...(families ? familyActs(dice, windows, symbols) : []),
    ...scheduledFaults(dice, faults, windows, symbols),
  ];
  const acts = [...fixed, ...free.filter(({ id }) => !without.has(`act:${id}`))].sort((left, right) => left.at - right.at);
  return { hours, symbols, startsAt, faultsEndAt, endsAt: faultsEndAt + LIVENESS_MS, families, gaps, acts };
}
