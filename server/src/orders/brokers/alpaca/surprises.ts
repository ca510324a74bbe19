import type { Notice } from '../../../market-data/notice.ts';

/** What a broker's message held that we do not know. */
export interface Surprise {
  readonly kind: 'field' | 'status' | 'event' | 'absent';
  /** `order.gamma_fee`, `hibernating`, … */
  readonly what: string;
}

export type NoteSurprise = (surprise: Surprise) => void;

const TITLES: Readonly<Record<Surprise['kind'], string>> = {
  field: 'The broker sends a field that is new',
  status: 'The broker uses a status that is new',
  event: 'The broker tells an event that is new',
  absent: 'A field of the broker’s messages is gone',
};
const CODES: Readonly<Record<Surprise['kind'], string>> = {
  field: 'UnknownField',
  status: 'UnknownStatus',
  event: 'UnknownEvent',
  absent: 'FieldGone',
};
const SURPRISES_MAX = 200;
const NAME_MAX = 80;

/** Passes each surprise on once. A broker that sends names without end is not followed beyond a number. */
export function surpriseLog(tell: (notice: Notice) => void): NoteSurprise {
  const known = new Set<string>();
  return ({ kind, what }) => {
    const name = what.slice(0, NAME_MAX);
    const key = `${kind} ${name}`;
    if (known.has(key) || known.size >= SURPRISES_MAX) return;
    known.add(key);
    const severity = kind === 'field' ? 'info' : 'warning';
    const detail = `"${name}". The message was taken, as far as it is understood. Look at the broker’s release notes.`;
    tell({ code: CODES[kind], subject: name, severity, title: TITLES[kind], detail });
  };
}
