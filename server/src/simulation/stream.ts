import { parseUpdate } from '../orders/brokers/alpaca/parse.ts';
import type { BrokerStreamListener } from '../orders/broker.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import type { VenueUpdate } from './venue-types.ts';
import { updateJson } from './wire.ts';

/** The order stream of one process: no replay, no sequence number, and every hazard of the real one. */
export interface OrderStream {
  readonly tell: (update: VenueUpdate) => void;
  readonly listen: (listener: BrokerStreamListener) => () => void;
  /** Cut the connection; it is tried again by itself. */
  readonly cut: (reason: string) => void;
}

export interface StreamOptions {
  readonly dice: Dice;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly number: (name: string) => number;
}

const REFUSALS = ['406 connection limit exceeded', '429 too many requests'] as const;

export function openStream({ dice, faults, scheduler, number }: StreamOptions, owner: Owner): OrderStream {
  let listener: BrokerStreamListener | undefined;
  /** What is on its way over a connection that has ended is lost. */
  let connection: Owner | undefined;
  let newest = 0;

  const connect = (afterMs: number): void => {
    scheduler.after(afterMs, owner, () => {
      if (listener === undefined || connection !== undefined) return;
      const subject = `connect#${number('connect')}`;
      if (faults.strikes('reconnect-refused', subject)) {
        listener.onDisconnected(dice.pick(`refusal ${subject}`, REFUSALS));
        connect(dice.between(`again ${subject}`, 500, 9_000));
        return;
      }
      connection = { alive: true };
      listener.onConnected();
    });
  };
  const cut = (reason: string): void => {
    if (connection === undefined) return;
    connection.alive = false;
    connection = undefined;
    listener?.onDisconnected(reason);
    connect(dice.between(`reconnect#${number('reconnect')}`, 250, 5_000));
  };
  const deliver = (json: unknown, at: number): void => {
    const line = connection;
    if (line === undefined) return;
    scheduler.at(at, line, () => {
      if (!owner.alive || listener === undefined) return;
      try {
        listener.onUpdate(parseUpdate(json));
      } catch (error) {
        // As in the adapter: what cannot be read may have been a fill, so the connection ends, and a full reconcile follows.
        cut(`an order update could not be read: ${String(error)}`);
      }
    });
  };
  return {
    cut,
    tell: (update) => {
      if (connection === undefined || !owner.alive) return;
      const subject = `${update.order.id}/${update.event}/${update.execution?.id ?? update.order.updatedAt}`;
      if (faults.strikes('update-dropped', subject)) return;
      const json = faults.strikes('update-malformed', subject) ? { event: update.event, order: null } : updateJson(update);
      newest = Math.max(newest, scheduler.now() + dice.between(`stream ${subject}`, 1, 60));
      const reordered = faults.strikes('update-reordered', subject);
      deliver(json, reordered ? newest + dice.between(`late ${subject}`, 50, 2_500) : newest);
      if (faults.strikes('update-duplicated', subject)) deliver(json, newest + dice.between(`twice ${subject}`, 0, 3_000));
    },
    listen: (heard) => {
      listener = heard;
      connect(dice.between(`first connect#${number('first')}`, 5, 300));
      return () => {
        listener = undefined;
        if (connection !== undefined) connection.alive = false;
        connection = undefined;
      };
    },
  };
}
