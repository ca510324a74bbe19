import type { ApiWorld } from './api-world.ts';

type Listen = (listener: () => void) => () => void;

export interface CountedListeners {
  /** That listen at this moment. */
  now(): number;
  /** That ever did. */
  ever(): number;
  restore(): void;
}

/** Counts who listens to the session and to the journal. Not by a spy, which would remember each listener, and with it the socket that it served. */
export function countListeners({ opened: { capabilities } }: ApiWorld): CountedListeners {
  const { session, journal } = capabilities;
  const onChange: Listen = session.onChange.bind(session);
  const onAppended: Listen = journal.onAppended.bind(journal);
  let [now, ever] = [0, 0];
  const counted =
    (add: Listen): Listen =>
    (listener) => {
      now += 1;
      ever += 1;
      const stop = add(listener);
      return () => {
        now -= 1;
        stop();
      };
    };
  Object.assign(session, { onChange: counted(onChange) });
  Object.assign(journal, { onAppended: counted(onAppended) });
  return {
    now: () => now,
    ever: () => ever,
    restore: () => {
      Object.assign(session, { onChange });
      Object.assign(journal, { onAppended });
    },
  };
}
